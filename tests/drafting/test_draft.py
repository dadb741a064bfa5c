"""The draft of a site's mapping: what is plain is guessed, and nothing is hidden."""

import csv
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterarm.cli import main
from counterarm.intake.drafting import DraftError, write_draft
from counterarm.intake.drafting.codes import CODELISTS
from counterarm.intake.drafting.guess import plain
from counterarm.intake.drafting.look import look_at
from counterarm.intake.locate import DeliveredFile

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
            file = look_at(DeliveredFile(path), drafts[site])
            headings = {column.heading for column in file.columns}
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
                assert not re.search(r"\d{4}|\d\.\d\d?\.", row["note"])


def draft_patients(folder: Path, headings: str, lines: list[str]) -> dict[str, str]:
    """Draft a site with one file; return the text of each draft."""
    site = folder / "ulm"
    site.mkdir()
    (site / "Patienten.csv").write_text("\n".join([headings, *lines]) + "\n")
    write_draft(site, folder / "draft", ROOT / "seeds")
    return {path.stem: path.read_text() for path in (folder / "draft").iterdir()}


def notes(draft: dict[str, str]) -> dict[str, str]:
    """Notes of the columns by heading."""
    lines = csv.DictReader(draft["site_columns"].splitlines())
    return {row["site_column"]: row["note"] for row in lines}


def test_a_column_that_is_not_known_shows_its_kind_and_no_value(tmp_path):
    text = "Patient wohnt in Neu-Ulm"
    drafted = draft_patients(
        tmp_path,
        "Pat-Nr,Geschlecht,Bemerkung,Xyz,Qwx,Wkz,Vvv,Zzz",
        [
            f"U-1,m,{text},13.01.2022,4711,,2021-03,k.A.",
            "U-2,m,,unbekannt,4711,,2021-05,",
            "U-3,w,,15.01.2022,4712,,,",
            "U-4,w,,16.1.22,4712,,,",
        ],
    )
    of = notes(drafted)
    assert of["Bemerkung"] == "CONFIRM not known: words in 1 of 4 rows"
    assert of["Xyz"] == "CONFIRM not known: a date in 4 of 4 rows"
    assert of["Qwx"] == "CONFIRM not known: numbers in 4 of 4 rows"
    assert of["Wkz"] == "CONFIRM not known: empty"
    assert of["Vvv"] == "CONFIRM not known: a date in 2 of 4 rows"
    assert of["Zzz"] == "CONFIRM not known: empty"
    assert of["Geschlecht"].endswith("; holds m, w")
    for part in ("Neu-Ulm", "2022", "4711", "unbekannt"):
        assert part not in "".join(drafted.values())


@pytest.mark.parametrize(
    "private",
    [
        ["Patient wohnt in Neu-Ulm"],
        ["Hauptstr. 5", "Hauptstr. 5"],
        ["Anna Maier", "Jan Huber", "Eva Kurz", "Ida Lang"],
        ["Maier", "Maier", "Huber", "Kurz"],
        ["1961-02-03", "1961-02-03", "im Mai"],
        ["0731 500", "0731 500"],
        ["89073", "89073"],
        ["a@b.de", "a@b.de"],
    ],
)
def test_a_coded_column_shows_nothing_that_may_be_of_one_patient(tmp_path, private):
    lines = [f"U-{n},m,{value}" for n, value in enumerate(private, 1)]
    drafted = draft_patients(
        tmp_path, "Pat-Nr,Geschlecht,Rasse", [*lines, "U-8,m,asian", "U-9,w,asian"]
    )
    everything = "".join(drafted.values())
    assert not [value for value in private if value in everything]
    note = notes(drafted)["Rasse"]
    assert re.search(r"values not shown: \d|not known: ", note)
    assert "U-1" not in everything


def test_words_of_one_patient_in_several_rows_are_not_shown(tmp_path):
    lines = [
        f"U-{n},m,{one}" for n, one in enumerate(["Maier", "Huber"]) for _ in "abc"
    ]
    drafted = draft_patients(tmp_path, "Pat-Nr,Geschlecht,Rasse", lines)
    assert notes(drafted)["Rasse"].endswith("; values not shown: 2")
    assert "Maier" not in "".join(drafted.values())


def test_a_coded_column_shows_codes_that_patients_share(tmp_path):
    regions = ["bulbär", "spinal", "Arm und Bein", "bulbär", "spinal", "Arm und Bein"]
    lines = [f"U-{n},{n % 2 + 1},{one}" for n, one in enumerate(regions)]
    drafted = draft_patients(tmp_path, "Pat-Nr,Geschlecht,Onset", lines)
    codes = [row["raw_value"] for row in rows(tmp_path / "draft" / "site_codes.csv")]
    assert codes == ["1", "2", "Arm und Bein", "bulbär", "spinal"]
    assert notes(drafted)["Onset"].endswith("; holds Arm und Bein, bulbär, spinal")


def test_no_file_is_written_over(drafts):
    with pytest.raises(DraftError, match=r"site_files\.csv.* already exists"):
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


def test_german_headings_are_known(tmp_path):
    site = tmp_path / "ulm"
    site.mkdir()
    files = {
        "Patienten": (
            "Pat-Nr,Geschlecht,Alter,Land,Erstsymptom,Diagnosedatum,verstorben am",
            "U-1,m,61,DEU,01.02.2019,03.04.2019,05.06.2022",
        ),
        "Stammdaten": (
            "Pat-Nr,Geschlecht,Alter,Land,Symptombeginn,Diagnosedatum,Verstorben",
            "U-2,m,61,DEU,01.02.2019,03.04.2019,05.06.2022",
        ),
        "Visiten": (
            "Pat-Nr,Visitendatum,Sprechen,Handschrift,Gehen,Summe",
            "U-1,01.02.2020,3,2,4,39",
        ),
        "Medikation": (
            "Pat-Nr,Präparat,von,bis",
            "U-1,Baclofen,01.02.2019,",
        ),
        "Begleitmedikation": (
            "Pat-Nr,Präparat,Beginn,Ende",
            "U-1,Baclofen,01.02.2019,02.02.2019",
        ),
        "Behandlungen": (
            "Pat-Nr,Nr,Datum,Präparat,Dosis",
            "U-1,1,01.02.2020,MSC,30",
        ),
        "Nebenwirkungen": (
            "Pat-Nr,Ereignis,von,bis,Schweregrad,Ausgang",
            "U-1,Sturz,01.02.2020,02.02.2020,leicht,genesen",
        ),
    }
    for name, lines in files.items():
        (site / f"{name}.csv").write_text("\n".join(lines) + "\n")
    write_draft(site, tmp_path / "draft", ROOT / "seeds")
    found = {
        (row["file_name"].removesuffix(".csv"), row["site_column"]): ".".join(
            filter(None, (row["table_name"], row["record"], row["column_name"]))
        )
        for row in rows(tmp_path / "draft" / "site_columns.csv")
    }
    wanted = {
        ("Patienten", "Erstsymptom"): "subjects.onset_date",
        ("Patienten", "verstorben am"): "events.death.event_date",
        ("Stammdaten", "Symptombeginn"): "subjects.onset_date",
        ("Stammdaten", "Verstorben"): "events.death.event_date",
        ("Visiten", "Handschrift"): "visits.q4_handwriting",
        ("Visiten", "Summe"): "visits.alsfrs_r_total",
        ("Medikation", "Präparat"): "medications.medication",
        ("Medikation", "von"): "medications.start_date",
        ("Medikation", "bis"): "medications.end_date",
        ("Begleitmedikation", "Beginn"): "medications.start_date",
        ("Begleitmedikation", "Ende"): "medications.end_date",
        ("Behandlungen", "Präparat"): "doses.treatment",
        ("Nebenwirkungen", "von"): "adverse_events.start_date",
        ("Nebenwirkungen", "bis"): "adverse_events.end_date",
    }
    assert {key: found[key] for key in wanted} == wanted


def test_words_of_headings_are_sorted_and_in_their_plain_form():
    words = rows(ROOT / "seeds" / "mappings" / "heading_words.csv")
    assert words == sorted(words, key=lambda row: tuple(row.values()))
    assert all(row["word"] == plain(row["word"]) for row in words)


def coded_columns() -> dict[tuple[str, str], list[str]]:
    """Codelists of the template's coded columns, as the build has them."""
    macro = (ROOT / "macros" / "coded_columns.sql").read_text()
    found = re.findall(r"\('site', '(\w+)', '(\w+)', \[(.*)\]\)", macro)
    return {(one, two): re.findall(r"\w+", lists) for one, two, lists in found}


def test_coded_columns_are_those_of_the_build():
    coded = {column: lists for (_, column), lists in coded_columns().items()}
    assert coded | {"country": []} == CODELISTS


def test_the_page_names_the_codelist_of_every_coded_column():
    page = (ROOT / "docs" / "sites.md").read_text()
    named = {
        tuple(column.split(".")): re.findall(r"`([A-Z]+)`", lists.split(":")[0])
        for columns, lists in re.findall(r"^\| (`\w+\.\w+`.*) \| (.*) \|$", page, re.M)
        for column in re.findall(r"`(\w+\.\w+)`", columns)
    }
    assert coded_columns() | {("subjects", "country"): []} == named


def test_a_file_whose_headings_make_no_sense_is_named(tmp_path):
    site = tmp_path / "ulm"
    site.mkdir()
    (site / "a.csv").write_text("id,age,age,age (2)\n1,2,3,4\n")
    with pytest.raises(DraftError, match=r"line 1 holds the heading 'age \(2\)'"):
        write_draft(site, tmp_path / "draft", ROOT / "seeds")


def test_a_workbook_that_is_none_is_named(tmp_path):
    site = tmp_path / "ulm"
    site.mkdir()
    (site / "a.xlsx").write_text("id,age\n")
    with pytest.raises(DraftError, match=r"a\.xlsx: is not a complete Excel workbook"):
        write_draft(site, tmp_path / "draft", ROOT / "seeds")
