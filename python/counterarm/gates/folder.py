"""Where the pages of the gates lie, apart from the report: they show patients' rows."""

import re
import shutil
from pathlib import Path

KEPT = 20
RUN = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z")


def gates_folder(report_dir: str | Path, gates_dir: str | Path = "") -> Path:
    """Return the folder of the pages: `gates_dir`, or gates/ beside the report's."""
    if str(gates_dir):
        return Path(gates_dir)
    return Path(report_dir).absolute().parent / "gates"


def number_kept(text: str | int) -> int:
    """Return how many runs are kept, from the setting; raises `ValueError` below 1."""
    if not str(text).strip().isdecimal() or int(text) < 1:
        raise ValueError(
            f"COUNTERARM_GATES_KEPT={text}: write how many runs of a gate keep their "
            f"pages, a whole number from 1, as {KEPT}"
        )
    return int(text)


def prune(folder: Path, gate: str, kept: int) -> None:
    """Remove the pages of a gate's runs but the newest `kept`; nothing else."""
    runs = sorted(
        path
        for path in folder.iterdir()
        if RUN.fullmatch(path.name) and (path / f"{gate}.json").is_file()
    )
    for run in runs[:-kept]:
        shutil.rmtree(run, ignore_errors=True)
