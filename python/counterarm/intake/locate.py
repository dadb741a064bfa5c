"""Which file holds which table: the names of three PRO-ACT releases and of a site."""

import re
from pathlib import Path

CSV_NAME = re.compile(r"^(?P<stem>.+)\.csv(\.gz)?$", re.IGNORECASE)
# A file of this name in a folder says that every row of the folder is synthetic.
SYNTHETIC_MARKER = "MADE_UP"
PROACT_PREFIX = re.compile(r"^(f_)?(proact_)?", re.IGNORECASE)


# What a sender lists, in the folder of PRO-ACT or of a site; it holds no table.
MANIFEST = "manifest.csv"


def csv_stem(file_name: str) -> str | None:
    """Return the name without `.csv` or `.csv.gz`, in lower case; None for others."""
    match = CSV_NAME.match(file_name)
    return match["stem"].lower() if match else None


def table_of(file_name: str, source_kind: str) -> str | None:
    """Return the table that a file's name stands for, None if it is no CSV.

    PRO-ACT's 2016 release writes `AlsHistory.csv`, those of 2022 to 2025
    `PROACT_ALSHISTORY.csv` and that of 2026 `F_PROACT_ALSHISTORY.csv`: all are
    `alshistory`. A site's `doses.csv` is `doses`.
    """
    stem = csv_stem(file_name)
    if stem is None or source_kind != "proact":
        return stem
    return PROACT_PREFIX.sub("", stem, count=1)


def layout_of(file_name: str) -> str:
    """Return the PRO-ACT release whose naming a file follows: 2016, 2022 or 2026."""
    lowered = file_name.lower()
    if lowered.startswith("f_proact_"):
        return "2026"
    return "2022" if lowered.startswith("proact_") else "2016"


def visible_files(folder: Path) -> list[Path]:
    """Return the files of a folder that are not hidden, sorted by name.

    The sender's manifest and the marker of synthetic data are not among them.
    """
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file()
        and not path.name.startswith(".")
        and path.name != SYNTHETIC_MARKER
        and path.name.lower() != MANIFEST
    )


def manifest_of(folder: Path) -> Path | None:
    """Return the sender's manifest of a folder, None where there is none."""
    return next(
        (path for path in sorted(folder.iterdir()) if path.name.lower() == MANIFEST),
        None,
    )


def site_folders(sites_dir: Path) -> list[Path]:
    """Return the folders of a sites directory, one per site, sorted by name."""
    return sorted(
        path
        for path in sites_dir.iterdir()
        if path.is_dir() and not path.name.startswith(".")
    )
