"""The day after which nothing that a delivery records can have happened.

DuckDB is asked itself, not through ibis: the models of a build never wait for it.
"""

import datetime
from pathlib import Path

import duckdb
import pandas as pd

SETTING = "COUNTERARM_REFERENCE_DATE"


def find_reference_day(
    setting: str, files: pd.DataFrame, published: Path
) -> pd.DataFrame:
    """Return one row, reference_date: the day that a date may not lie after.

    It is the `setting` where one is given (ISO 8601). Else, where the warehouse at
    `published` was built from the same bytes, it is the day of that build, so that a
    build of the same delivery gives the same result on any day. Else it is today (UTC).
    `files` are rows of `staging.delivered_files`.

    Raises `ValueError`, naming the setting, where it is no date.
    """
    day = (
        _given(setting)
        or _of_build(published, _digests(files))
        or datetime.datetime.now(datetime.UTC).date()
    )
    return pd.DataFrame({"reference_date": pd.Series([day], dtype=object)})


def _given(setting: str) -> datetime.date | None:
    text = str(setting or "").strip()
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{SETTING} (or the var reference_date) is {text!r}; it must be a date as "
            "year-month-day, such as 2026-01-31"
        ) from None


def _digests(files: pd.DataFrame) -> set[tuple[str, str, str]]:
    read = files[files["sha256"].notna()]
    rows = read[["source", "file_name", "sha256"]].itertuples(index=False)
    return {tuple(row) for row in rows}


def _of_build(
    published: Path, digests: set[tuple[str, str, str]]
) -> datetime.date | None:
    """Return the reference day of an earlier build, if it read the same bytes."""
    if not published.is_file():
        return None
    try:
        with duckdb.connect(str(published), read_only=True) as earlier:
            files = earlier.execute(
                "select source, file_name, sha256 from staging.delivered_files"
            ).df()
            ((day,),) = earlier.execute(
                "select reference_date from staging.reference_day"
            ).fetchall()
    except (duckdb.Error, ValueError):
        # built before there was a reference day, or no warehouse of ours
        return None
    return day if _digests(files) == digests else None
