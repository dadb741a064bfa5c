"""Blank forms of a site: every column, explained, and read once they are filled."""

import csv
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from counterarm.cli import main
from counterarm.intake import describe_delivery
from counterarm.template import TemplateError, write_template
from counterarm.template.columns import template_columns

ROOT = Path(__file__).parents[2]
PROJECT = (ROOT / "seeds", ROOT / "models" / "01_staging")
TABLES = [
    "subjects",
    "visits",
    "doses",
    "events",
    "adverse_events",
    "medications",
    "measurements",
]


def columns() -> pd.DataFrame:
    rows = pd.read_csv(ROOT / "seeds" / "mappings" / "raw_columns.csv")
    return rows[rows["source_kind"] == "site"]


def describe(folder: Path) -> pd.DataFrame:
    tables = pd.read_csv(ROOT / "seeds" / "mappings" / "raw_tables.csv")
    (folder / "proact").mkdir(exist_ok=True)
    return describe_delivery(
        folder / "proact",
        folder / "sites",
        tables[tables["source_kind"] == "site"],
        columns(),
        copies_dir=folder / "copies",
    )


@pytest.fixture
def site(tmp_path) -> Path:
    """A site's folder with the blank forms."""
    folder = tmp_path / "sites" / "ulm"
    write_template(folder, *PROJECT)
    return folder


def test_each_table_has_a_csv_and_a_sheet_with_its_columns_in_order(site):
    book = CalamineWorkbook.from_path(site / "template.xlsx")
    assert sorted(book.sheet_names) == sorted([*TABLES, "explanation"])
    for table, rows in columns().groupby("table_name"):
        wanted = rows.sort_values("position")["column_name"].tolist()
        with (site / f"{table}.csv").open(newline="") as file:
            assert list(csv.reader(file)) == [wanted]
        assert book.get_sheet_by_name(table).to_python() == [wanted]


def test_the_explanation_has_a_row_for_each_column_with_its_terms(site):
    book = CalamineWorkbook.from_path(site / "template.xlsx")
    rows = book.get_sheet_by_name("explanation").to_python()
    start = next(n for n, row in enumerate(rows) if row[:2] == ["table", "column"])
    found = {(row[0], row[1]): row for row in rows[start + 1 :]}
    wanted = columns()[["table_name", "column_name"]]
    assert set(found) == set(wanted.itertuples(index=False, name=None))
    assert all(row[2] and row[3] and row[4] for row in found.values())
    assert "{{" not in str(rows)
    assert found["subjects", "sex"][5].split(", ")[:2] == ["F", "FEMALE"]
    assert found["events", "event"][3] == "term"
    assert found["events", "event_date"][3].startswith("date")
    assert found["events", "subject_id"][4] == "in every row"


def test_blank_forms_are_read_as_empty_tables(site, tmp_path):
    described = describe(tmp_path)
    read = described[described["table_name"].notna()]
    assert sorted(read["file_name"]) == sorted(f"{table}.csv" for table in TABLES)
    others = described[described["table_name"].isna()]
    assert not others["note"].str.startswith("not used").any()


@pytest.mark.parametrize("table", TABLES)
def test_the_example_of_each_column_is_read(site, tmp_path, table):
    examples = [one.example for one in template_columns(*PROJECT) if one.table == table]
    with (site / f"{table}.csv").open("a", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(examples)
    (row,) = describe(tmp_path).query("table_name == @table").to_dict("records")
    found = duckdb.sql(row["reader"]).df()
    assert found.iloc[0].tolist()[-len(examples) :] == examples


def test_nothing_is_overwritten(site):
    (site / "events.csv").write_text("kept")
    (site / "visits.csv").unlink()
    with pytest.raises(TemplateError, match=r"events\.csv.*already exists"):
        write_template(site, *PROJECT)
    assert (site / "events.csv").read_text() == "kept"
    assert not (site / "visits.csv").exists()


def test_the_command_names_what_it_wrote(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    out = tmp_path / "blank"
    first = CliRunner().invoke(main, ["template", str(out)])
    assert first.exit_code == 0, first.output
    assert str(out / "template.xlsx") in first.output
    again = CliRunner().invoke(main, ["template", str(out)])
    assert again.exit_code == 1
    assert "already exists" in again.output
