"""The draft of a site's mapping: what is plain is guessed, and nothing is hidden."""

import csv
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterarm.cli import main
from counterarm.drafting import DraftError, write_draft
from counterarm.drafting.look import look_at

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "sites"
MEANING = ("table_name", "record", "site_column", "column_name", "checkbox_level")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def drafts(tmp_path_factory) -> dict[str, Path]:
    """Draft both made-up sites."""
    folder = tmp_path_factory.mktemp("drafts")
    for site in ("gwangju", "graz"):
        write_draft(FIXTURES / "delivery" / site, folder / site, ROOT / "seeds")
    return {site: folder / site for site in ("gwangju", "graz")}


def mapped(path: Path, site: str) -> set[tuple[str, ...]]:
    return {
        tuple(row[name].lower() for name in MEANING)
        for row in rows(path / "site_columns.csv")
        if row["site"] == site and row["site_column"] and row["table_name"]
    }


@pytest.mark.parametrize(("site", "share"), [("gwangju", 1.0), ("graz", 0.9)])
def test_most_columns_are_guessed_as_a_person_mapped_them(drafts, site, share):
    by_hand = mapped(FIXTURES / "mappings", site)
    drafted = mapped(drafts[site], site)
    assert len(by_hand & drafted) >= share * len(by_hand)


def test_the_filters_of_a_redcap_export_are_guessed(drafts):
    filters = {
        (row["table_name"], row["row_filter"])
        for row in rows(drafts["gwangju"] / "site_columns.csv")
        if row["row_filter"]
    }
    assert filters == {
        (
            "subjects",
            "redcap_event_name=baseline_arm_1 & redcap_repeat_instrument=",
        ),
        ("adverse_events", "redcap_repeat_instrument=adverse_event"),
        ("doses", "redcap_repeat_instrument=dose"),
        ("medications", "redcap_repeat_instrument=medication"),
    }


def test_the_form_of_a_european_file_is_seen(drafts):
    form = {row["file_name"]: row for row in rows(drafts["graz"] / "site_files.csv")}
    patients = form["Patienten.csv"]
    assert patients["delimiter"] == "semicolon"
    assert patients["encoding"] == "cp1252"
    assert patients["date_format"] == "DD.MM.YYYY"
    assert patients["decimal_mark"] == ","
    assert form["Visiten.csv"]["missing_values"] == "k.A."


def test_every_column_of_every_file_has_a_row(drafts):
    for site, folder in drafts.items():
        drafted = rows(folder / "site_columns.csv")
        for path in (FIXTURES / "delivery" / site).iterdir():
            named = {
                row["site_column"] for row in drafted if row["file_name"] == path.name
            }
            headings = {column.heading for column in look_at(path).columns}
            assert headings - {"redcap_event_name", "redcap_repeat_instrument"} <= named


def test_each_code_has_a_row_with_its_meaning_where_that_is_known(drafts):
    codes = {
        (row["column_name"], row["raw_value"]): row["value"]
        for row in rows(drafts["gwangju"] / "site_codes.csv")
    }
    assert codes["causality", "Probable"] == "PROBABLE"
    assert codes["sex", "1"] == ""
    assert ("riluzole", "-99") not in codes


def test_every_row_waits_for_a_person_and_names_no_date_of_a_patient(drafts):
    for folder in drafts.values():
        for path in folder.glob("*.csv"):
            for row in rows(path):
                assert row["note"].startswith("CONFIRM")
                assert "20" not in row["note"].replace("0.", "")


def test_no_file_is_written_over(drafts):
    with pytest.raises(DraftError, match=r"site_files\.csv.* is there already"):
        write_draft(FIXTURES / "delivery" / "graz", drafts["graz"], ROOT / "seeds")


def test_the_command_writes_and_says_how_to_go_on(tmp_path, monkeypatch):
    site = shutil.copytree(FIXTURES / "delivery" / "graz", tmp_path / "graz")
    monkeypatch.chdir(ROOT)
    command = ["map", str(site), "--out", str(tmp_path / "draft")]
    first = CliRunner().invoke(main, command)
    assert first.exit_code == 0, first.output
    assert "site_columns.csv" in first.output
    assert "docs/sites.md" in first.output
    assert CliRunner().invoke(main, command).exit_code == 1
