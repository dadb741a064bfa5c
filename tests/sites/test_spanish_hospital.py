"""A Spanish hospital's REDCap export in Excel: drafted, finished, read whole."""

import csv
import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from spanish_hospital import CODES, RACES, write_export

from counterarm.intake import describe_delivery
from counterarm.intake.drafting import write_draft

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
PATIENTS = ROOT / "tests" / "fixtures" / "sites" / "expected" / "graz"
SEED_NAMES = ("site_files", "site_columns", "site_codes")
KEYS = {
    "subjects": ["subject_id"],
    "visits": ["subject_id", "visit_date"],
    "doses": ["subject_id", "dose_date"],
    "events": ["subject_id", "event", "event_date"],
    "adverse_events": ["subject_id", "start_date", "term"],
    "medications": ["subject_id", "medication", "start_date"],
}


def finished(folder: Path, *, has_labels: bool) -> dict[str, pd.DataFrame]:
    """Finish a draft as a person would: constants, meanings of codes, no CONFIRM."""
    rows = {
        name: pd.read_csv(folder / f"{name}.csv", dtype=object, keep_default_na=False)
        for name in SEED_NAMES
    }
    columns, codes = rows["site_columns"], rows["site_codes"]
    for column, value in (("treatment", "WJ-MSC"), ("dose_unit", "1E6 CELLS")):
        columns.loc[columns["column_name"] == column, "constant"] = value
    meanings = {**CODES, "race": RACES}
    codes["value"] = [
        next(
            term
            for term, written in meanings[row.column_name].items()
            if written[has_labels] == row.raw_value
        )
        for row in codes.itertuples()
    ]
    for frame in rows.values():
        frame["note"] = ""
    return rows


@pytest.fixture(scope="module", params=[False, True], ids=["codes", "labels"])
def described(request, tmp_path_factory) -> pd.DataFrame:
    """Draft, finish and describe the export with codes, and that with labels."""
    folder = tmp_path_factory.mktemp("vigo")
    site = folder / "sites" / "vigo"
    write_export(PATIENTS, site / "ELA_DATA_2024-05-02.xlsx", has_labels=request.param)
    write_draft(site, folder / "draft", SEEDS)
    (folder / "proact").mkdir()
    tables = pd.read_csv(SEEDS / "mappings" / "raw_tables.csv")
    found = describe_delivery(
        folder / "proact",
        folder / "sites",
        tables[tables["source_kind"] == "site"],
        pd.read_csv(SEEDS / "mappings" / "raw_columns.csv"),
        finished(folder / "draft", has_labels=request.param),
        folder / "copies",
    )
    return found


@pytest.mark.parametrize("table", KEYS)
def test_every_row_and_value_arrives(described, table):
    (row,) = described[described["table_name"] == table].to_dict("records")
    read = duckdb.sql(row["reader"]).df()
    problems = [one for problems in read["value_problems"] for one in problems]
    assert problems == []
    with (PATIENTS / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        wanted = pd.DataFrame(csv.DictReader(file))
    wanted = wanted.drop(columns=["file_name", "line_number"])
    found = read[list(wanted.columns)].fillna("").astype(str)
    order = KEYS[table] + [name for name in wanted.columns if name not in KEYS[table]]
    pd.testing.assert_frame_equal(
        found.sort_values(order, ignore_index=True),
        wanted.sort_values(order, ignore_index=True),
        check_dtype=False,
    )


def test_every_line_is_taken_and_every_column_has_its_row(described):
    row = described[described["table_name"] == "subjects"].iloc[0]
    assert row["file_name"] == "ELA_DATA_2024-05-02.xlsx#Datos"
    assert row["unexpected_columns"] == ""
    lines = duckdb.sql(row["lines_reader"]).df()
    assert lines["is_read"].all()


def test_the_draft_holds_no_date_of_a_patient(tmp_path):
    site = tmp_path / "vigo"
    write_export(PATIENTS, site / "book.xlsx")
    write_draft(site, tmp_path / "draft", SEEDS)
    for name in SEED_NAMES:
        text = (tmp_path / "draft" / f"{name}.csv").read_text()
        assert not re.search(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}|GZ-0", text)
