"""The last date that is accepted is set, or that of an equal build, or today."""

import datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from counterarm.intake.reference_day import find_reference_day

EARLIER = datetime.date(2024, 5, 17)
FILES = pd.DataFrame(
    {
        "source": ["proact", "ulm", "ulm"],
        "file_name": ["ALSFRS.csv", "visits.csv", "notes.txt"],
        "sha256": ["a1", "b2", None],
    }
)


def day(frame: pd.DataFrame) -> datetime.date:
    ((found,),) = frame.itertuples(index=False)
    return found


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


@pytest.fixture
def published(tmp_path) -> Path:
    """A warehouse of the same files, built on an earlier day."""
    file = tmp_path / "counterarm.duckdb"
    with duckdb.connect(str(file)) as made:
        made.execute("create schema staging")
        made.register("files", FILES)
        made.execute("create table staging.delivered_files as from files")
        made.execute(
            "create table staging.reference_day as select ?::date as reference_date",
            [EARLIER],
        )
    return file


def test_a_setting_counts_before_all(published):
    found = find_reference_day("2023-01-31", FILES, published)
    assert day(found) == datetime.date(2023, 1, 31)


def test_a_build_of_equal_files_keeps_its_day(published):
    assert day(find_reference_day("", FILES, published)) == EARLIER
    # the order of the files, and files that are not read, decide nothing
    other_order = FILES.iloc[[1, 0]]
    assert day(find_reference_day("", other_order, published)) == EARLIER


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": ["a1", "changed", None]},
        {"source": ["proact", "graz", "ulm"]},
        {"file_name": ["ALSFRS.csv", "visits2.csv", "notes.txt"]},
    ],
)
def test_another_delivery_is_of_today(published, change):
    found = find_reference_day("", FILES.assign(**change), published)
    assert day(found) == today()


def test_without_a_build_it_is_today(tmp_path):
    assert day(find_reference_day("", FILES, tmp_path / "none.duckdb")) == today()


def test_a_warehouse_of_an_older_version_or_another_file_is_no_obstacle(tmp_path):
    older = tmp_path / "older.duckdb"
    with duckdb.connect(str(older)) as made:
        made.execute("create schema staging")
    assert day(find_reference_day("", FILES, older)) == today()
    foreign = tmp_path / "foreign.duckdb"
    foreign.write_text("no database")
    assert day(find_reference_day("", FILES, foreign)) == today()


@pytest.mark.parametrize("setting", ["31.01.2023", "2023-02-30", "yesterday"])
def test_what_is_no_date_is_refused_with_the_name_of_the_setting(tmp_path, setting):
    with pytest.raises(ValueError, match="COUNTERARM_REFERENCE_DATE") as refused:
        find_reference_day(setting, FILES, tmp_path / "none.duckdb")
    assert setting in str(refused.value)
