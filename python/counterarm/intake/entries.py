"""What is in a delivered folder but is no regular file: links, pipes, folders."""

from pathlib import Path

from counterarm.intake.locate import MANIFEST, WORKBOOKS, is_table, visible_files
from counterarm.intake.sdtm_formats import READERS

DATA = (".csv", ".gz", *READERS, *WORKBOOKS)


def odd_entries(folder: Path) -> list[tuple[str, str]]:
    """Return name and note of what a folder holds in place of a file of data.

    These are hidden CSVs and workbooks, folders with files of data, and folders, links
    to nothing, pipes and the like that are called as a file of data is.
    """
    found = []
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith(".")
        # macOS puts such a file beside each that it copies
        if path.name.startswith("._"):
            continue
        if hidden and path.is_file() and is_table(path.name):
            found.append((path.name, "its name begins with a dot, which hides it"))
        elif not hidden and path.is_dir() and (n := n_data_files(path)):
            files = "1 file" if n == 1 else f"{n} files"
            what = f"it is a folder that holds {files} of data; move what is needed out"
            found.append((path.name, what))
        elif not hidden and not path.is_file() and path.suffix.lower() in DATA:
            found.append((path.name, _kind(path)))
    return [(name, f"not used: {what}") for name, what in found]


def is_data(path: Path) -> bool:
    """Return whether a file that is not hidden is named like a data file."""
    name = path.name.lower()
    return name.endswith(DATA) and not name.startswith((".", "~$")) and path.is_file()


def n_data_files(folder: Path) -> int:
    """Return how many files of data lie in a folder, at any depth."""
    return sum(map(is_data, folder.rglob("*")))


def loose_files(sites_dir: Path) -> list[tuple[str, str]]:
    """Return name and note of files of data that lie in no folder of a site."""
    return [
        (
            path.name,
            "not used: it is outside the folders of the sites; move it into one",
        )
        for path in sorted(sites_dir.iterdir())
        if is_data(path) and path.name.lower() != MANIFEST
    ]


def _kind(path: Path) -> str:
    if path.is_dir():
        return "it is a folder"
    if path.is_symlink():
        return f"it is a link to {path.readlink()}, where there is no file"
    return "it is not a regular file (a pipe, a socket or a device)"


def link_out(path: Path, root: Path) -> str | None:
    """Return where a file lies that is reached by a link out of the delivery."""
    target = path.resolve()
    return None if target.is_relative_to(root.resolve()) else str(target)


def unreadable_names(folder: Path) -> list[str]:
    """Return the files whose names are no text, as a person can read them."""
    return [
        ascii(path.name)
        for path in visible_files(folder)
        if any("\ud800" <= letter <= "\udfff" for letter in path.name)
    ]
