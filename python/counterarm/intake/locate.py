"""Which file holds which table: the names of three PRO-ACT releases and of a site."""

import re
from dataclasses import dataclass
from pathlib import Path

CSV_NAME = re.compile(r"^(?P<stem>.+)\.csv(\.gz)?$", re.IGNORECASE)
# A file of this name in a folder says that every row of the folder is synthetic.
SYNTHETIC_MARKER = "MADE_UP"
PROACT_PREFIX = re.compile(r"^(f_)?(proact_)?", re.IGNORECASE)

WORKBOOKS = (".xlsx", ".xlsm")
# What stands before a sheet in its name.
WORKBOOK_NAME = re.compile(r"(.+?\.xls[xm])#", re.IGNORECASE)
OTHER_SPREADSHEETS = (".xls", ".xlsb", ".ods", ".numbers")


@dataclass(frozen=True)
class DeliveredFile:
    """A file of a delivery, or a sheet of a workbook that holds something."""

    path: Path
    sheet: str | None = None
    is_only_sheet: bool = False
    n_rows: int = 0

    @property
    def name(self) -> str:
        """Its name; of a sheet `book.xlsx#Sheet`."""
        return f"{self.path.name}#{self.sheet}" if self.sheet else self.path.name

    @property
    def names(self) -> list[str]:
        """Names that match it; for the only sheet of a workbook also the workbook's."""
        return [self.name, self.path.name] if self.is_only_sheet else [self.name]

    def table(self, source_kind: str, known: set[str]) -> str | None:
        """Return the known table that the name of file or sheet stands for, or None."""
        return next(
            (
                table
                for name in self._csv_names
                if (table := table_of(name, source_kind)) in known
            ),
            None,
        )

    @property
    def stem(self) -> str:
        """Name of the CSV or workbook without its ending, in lower case."""
        return csv_stem(self.path.name) or self.path.stem.lower()

    @property
    def layout(self) -> str:
        """PRO-ACT release whose naming it follows."""
        layouts = [layout_of(name) for name in self._csv_names]
        return max(layouts)

    @property
    def _csv_names(self) -> list[str]:
        if self.sheet is None:
            return [self.path.name]
        names = [f"{self.sheet.strip()}.csv"]
        return [*names, f"{self.path.stem}.csv"] if self.is_only_sheet else names


def path_of(folder: Path, name: str) -> Path:
    """Return the file of a folder that has a name, of a sheet's name the workbook."""
    path = folder / name
    book = WORKBOOK_NAME.match(name)
    return path if book is None or path.exists() else folder / book[1]


def is_workbook(file_name: str) -> bool:
    """Tell whether a file is a workbook whose sheets are read."""
    return file_name.lower().endswith(WORKBOOKS)


def is_table(file_name: str) -> bool:
    """Tell whether a file is a CSV or a workbook."""
    return csv_stem(file_name) is not None or is_workbook(file_name)


def is_lock_file(file_name: str) -> bool:
    """Tell whether a file only says that somebody has a workbook open."""
    return file_name.startswith("~$")


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
