"""Columns that a seed gained later are optional: rows and files without them count."""

import csv
import shutil
from pathlib import Path

import pytest

from counterarm.project import with_rows_of
from counterarm.protocol import ProtocolError, check_protocol_files
from counterarm.protocol.columns import COLUMNS, OPTIONAL

SEEDS = Path(__file__).parents[2] / "seeds"
EARLIER = {
    "endpoints": "short,OS,both,DEATH,Overall survival",
    "matching": "short,nearest,probability,largest,1,false,first,",
    "matching_terms": "short,age,score,,,",
}


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SEEDS, tmp_path / "seeds")
    return tmp_path / "seeds" / "protocol"


def add(file: Path, *lines: str) -> None:
    with file.open("a", encoding="utf-8") as written:
        written.writelines(f"{line}\n" for line in lines)


@pytest.mark.parametrize("name", OPTIONAL)
def test_optional_columns_are_the_last(name):
    optional = OPTIONAL[name]
    assert COLUMNS[name][-len(optional) :] == optional
    heading = next(csv.reader((SEEDS / "protocol" / f"{name}.csv").open()))
    assert heading == COLUMNS[name]


def test_rows_may_end_before_the_optional_columns(folder):
    add(folder / "analyses.csv", "short,nam_2023,Short rows,Rows of an earlier version")
    for name, row in EARLIER.items():
        add(folder / f"{name}.csv", row)
    check_protocol_files(folder)


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_file_may_be_without_the_optional_columns(folder, name):
    file = folder / f"{name}.csv"
    n_kept = len(COLUMNS[name]) - len(OPTIONAL[name])
    rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    with file.open("w", newline="", encoding="utf-8") as written:
        csv.writer(written, lineterminator="\n").writerows(r[:n_kept] for r in rows)
    check_protocol_files(folder)


@pytest.mark.parametrize(("name", "row"), EARLIER.items())
def test_a_row_that_ends_earlier_still_is_refused(folder, name, row):
    add(folder / f"{name}.csv", row.rpartition(",")[0])
    with pytest.raises(ProtocolError, match="add the commas of empty fields"):
        check_protocol_files(folder)


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_project_of_an_earlier_version_is_assembled(tmp_path, name):
    given = (SEEDS / "protocol" / f"{name}.csv").read_text(encoding="utf-8")
    n_kept = len(COLUMNS[name]) - len(OPTIONAL[name])
    heading = ",".join(COLUMNS[name][:n_kept])
    mine = tmp_path / f"{name}.csv"
    mine.write_text(f"{heading}\n{EARLIER[name]}\n", encoding="utf-8")
    lines = with_rows_of(mine, given).splitlines()
    assert lines[0] == ",".join(COLUMNS[name])
    assert lines[1] == EARLIER[name]
    assert lines[2:] == given.splitlines()[1:]
