"""The bytes of a delivered file: read once in blocks, unpacked, with their digest."""

import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# as much as the caches of a processor hold at once
BLOCK = 1 << 18
GZIP = 16 + zlib.MAX_WBITS
OTHER_BOMS = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


class UnreadableFileError(ValueError):
    """A file that cannot be read as the text it should be, with the reason."""


class RawBytes:
    """A file's text as bytes; after `blocks` is exhausted, what was read of the file.

    `sha256` is the digest of the bytes as they lie on disk, of the same read that
    yields the text. `n_members` counts the parts of a gzip file; 0 for another one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_gzip = path.suffix.lower() == ".gz"
        self.n_members = 0
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Digest of what was read so far."""
        return self._digest.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """Yield the text in blocks; raise `UnreadableFileError` where it cannot."""
        return self._unpacked() if self.is_gzip else self._read()

    def _read(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                while block := file.read(BLOCK):
                    self._digest.update(block)
                    yield block
        except OSError as error:
            raise UnreadableFileError(
                f"{self.path.name}: cannot be read ({error.strerror})"
            ) from None

    def _unpacked(self) -> Iterator[bytes]:
        member = None
        for block in self._read():
            packed = block
            while packed:
                if member is None:
                    # zeros may fill the last block of a tape
                    packed = packed.lstrip(b"\0") if self.n_members else packed
                    if not packed:
                        break
                    member = zlib.decompressobj(GZIP)
                    self.n_members += 1
                try:
                    text = member.decompress(packed, BLOCK)
                except zlib.error as error:
                    raise self._broken(str(error)) from None
                if text:
                    yield text
                packed = member.unconsumed_tail
                if member.eof:
                    packed, member = member.unused_data, None
        if member is not None or not self.n_members:
            raise self._broken("it ends too early")

    def _broken(self, why: str) -> UnreadableFileError:
        return UnreadableFileError(
            f"{self.path.name}: is not a complete gzip file ({why}); compress it again"
        )

    def text(self, encoding: str) -> io.TextIOWrapper:
        """Return the text, whose lines end in LF, CR LF or CR, as written."""
        stream: Any = io.BufferedReader(_Stream(self.blocks()), BLOCK)
        return io.TextIOWrapper(stream, encoding=encoding, newline="")


class _Stream(io.RawIOBase):
    """Blocks of bytes as a file."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._blocks, b""))
        n = min(len(buffer), len(self._rest))
        buffer[:n] = self._rest[:n]
        self._rest = self._rest[n:]
        return n


def refuse_other_forms(path: Path, start: bytes, is_utf_8: bool) -> None:
    """Raise `UnreadableFileError` when the first bytes are those of another form."""
    if start.startswith(b"\x1f\x8b"):
        raise UnreadableFileError(
            f"{path.name}: is a gzip file; name it {path.name}.gz"
        )
    if start.startswith(b"PK\x03\x04"):
        raise UnreadableFileError(
            f"{path.name}: is a zip archive or a workbook, looked for CSV; unpack it, "
            "or name it .xlsx if it is a workbook of Excel"
        )
    if not is_utf_8:
        return
    for mark, name in OTHER_BOMS.items():
        if start.startswith(mark):
            raise UnreadableFileError(
                f"{path.name}: is {name}, looked for UTF-8; save it as UTF-8 "
                "and deliver it again"
            )
