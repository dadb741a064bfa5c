"""UTF-8 copies of files that DuckDB cannot read as they are."""

import codecs
import hashlib
from dataclasses import replace
from pathlib import Path

from counterarm.intake.headings import (
    BLOCK,
    CsvFile,
    UnreadableFileError,
    blocks,
    read_heading,
)


def is_utf_8(encoding: str) -> bool:
    """Tell whether an encoding is UTF-8, with or without a byte order mark."""
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")


def readable(path: Path, encoding: str, delimiter: str, copy: Path) -> CsvFile:
    """Read a file's heading and digest; `path` of the result is one to read as UTF-8.

    A file in another encoding is copied to `copy`, block by block; the digest is that
    of the file as it was delivered. Raises `UnreadableFileError`.
    """
    if is_utf_8(encoding):
        return read_heading(path, delimiter)
    sha256 = transcode(path, encoding, copy)
    try:
        file = read_heading(copy, delimiter)
    except UnreadableFileError as error:
        text = str(error).replace(copy.name, path.name)
        raise UnreadableFileError(text) from None
    return replace(file, path=copy, sha256=sha256)


def transcode(path: Path, encoding: str, copy: Path) -> str:
    """Copy a text file as UTF-8 and return the digest of the file itself."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(encoding)()
    lines_before = 0
    make_folder(copy.parent)
    with copy.open("w", encoding="utf-8", newline="") as written:
        try:
            for block in blocks(path, digest):
                text = decoder.decode(block)
                written.write(text)
                lines_before += text.count("\n")
            written.write(decoder.decode(b"", final=True))
        except UnicodeDecodeError as error:
            line = lines_before + error.object[: error.start].count(b"\n") + 1
            raise UnreadableFileError(
                f"{path.name}: line {line} holds the byte "
                f"0x{error.object[error.start]:02X}, which is not {encoding}; correct "
                "the encoding in seeds/mappings/site_files.csv"
            ) from None
    return digest.hexdigest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def make_folder(folder: Path) -> None:
    """Make the folder of the copies, which nobody else may read: they hold patients."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
