"""What lies in a folder, links followed, and what of it a build reads."""

import os
from collections.abc import Iterator
from pathlib import Path

from counterarm.intake.copies import digest_of
from counterarm.refresh.meaning import digest


def files_below(folder: Path) -> list[Path]:
    """Return all files below a folder, through links to folders, each folder once."""
    return sorted(
        Path(place, name) for place, _, names in _walked(folder) for name in names
    )


def folders_below(folder: Path) -> list[Path]:
    """Return all folders below a folder, and links to folders."""
    return sorted(
        Path(place, name) for place, folders, _ in _walked(folder) for name in folders
    )


def _walked(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each folder once, with the names of all folders and files in it."""
    seen = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        seen.add(os.path.realpath(place))
        yield place, list(folders), names
        folders[:] = [
            name
            for name in folders
            if os.path.realpath(os.path.join(place, name)) not in seen
        ]


def content_of(file: Path) -> str:
    """Return the digest of a delivered file; of a link, with where it leads."""
    content = digest_of(file) if file.is_file() else "nothing"
    return digest(f"{target_of(file)}\0{content}")


def target_of(path: Path) -> str:
    """Return what a link names and where it leads in the end, else nothing."""
    return f"{os.readlink(path)}\0{path.resolve()}" if path.is_symlink() else ""
