"""Copies of delivered files, for what DuckDB cannot read as it lies."""

import hashlib
from pathlib import Path

BLOCK = 1 << 20


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
