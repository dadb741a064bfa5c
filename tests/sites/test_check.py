"""`counterarm check` tells at once all that is in the way, and by its exit code."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterarm.cli import main

pytestmark = pytest.mark.build


@pytest.fixture
def check(workplace, monkeypatch):
    """Run the command in the project, on other files or seeds where given."""

    def run(
        *options: str,
        sites: Path | None = None,
        project: Path | None = None,
        proact: Path | None = None,
    ):
        monkeypatch.chdir(project or workplace.project)
        for name, value in workplace.settings(sites).items():
            monkeypatch.setenv(name, value)
        if proact:
            monkeypatch.setenv("COUNTERARM_PROACT_DIR", str(proact))
        return CliRunner().invoke(main, ["check", *options])

    return run


def test_a_good_delivery_passes_and_publishes_nothing(check, workplace):
    warehouse = workplace.folder / "w.duckdb"
    before = warehouse.read_bytes() if warehouse.exists() else None
    result = check()
    assert result.exit_code == 0, result.output
    assert "values without a mapping: none" in result.output
    assert "gwangju  ALS_DATA_2024-05-02_1130.csv  mapped" in result.output
    assert (warehouse.read_bytes() if warehouse.exists() else None) == before


def test_a_warning_counts_only_where_it_is_asked_for(check, workplace, tmp_path):
    sites = shutil.copytree(workplace.sites, tmp_path / "sites")
    (sites / "graz" / "Notizen.txt").write_text("free text")
    result = check("--strict", sites=sites)
    assert result.exit_code == 1, result.output
    assert "Notizen.txt" in result.output
    assert "warning: staging.delivered_files: No file was left unread" in result.output
    assert check(sites=sites).exit_code == 0


def test_odd_lines_are_named_and_the_other_files_are_checked(
    check, workplace, tmp_path
):
    sites = shutil.copytree(workplace.sites, tmp_path / "sites")
    path = sites / "hanyang" / "adverse_events.csv"
    lines = path.read_text().splitlines()
    number = lines[2].split(",")[1]
    lines[2] = lines[2].replace(number, f'"{number}" at night', 1)
    path.write_text("\n".join(lines))
    link = sites / "hanyang" / "medications.csv"
    outside = shutil.move(link, tmp_path / "outside.csv")
    link.symlink_to(outside)
    result = check(sites=sites)
    assert result.exit_code == 0, result.output
    rejected = result.output[result.output.index("rejected rows:") :]
    row = next(line for line in rejected.splitlines() if "adverse_events.csv" in line)
    assert "text behind the closing quote of a field; double the quotes" in row
    assert f'"{number}" at night' in row
    assert row.split()[-2:] == ["1", "3"]
    for part in (
        f"hanyang  medications.csv  {outside}",
        "hanyang  adverse_events.csv  check that nothing was cut off",
        "Quotes are valid CSV: failed in 1 row",
        "Every file lies in the delivery itself: failed in 1 row",
    ):
        assert part in result.output
    assert "strict_mode" not in result.output


def test_all_values_without_a_meaning_are_listed_in_one_run(check, workplace, tmp_path):
    project = shutil.copytree(workplace.project, tmp_path / "project")
    codes = project / "seeds" / "mappings" / "site_codes.csv"
    left_out = ("graz,subjects,sex,weiblich", "gwangju,subjects,race,2+5")
    left_out += ("graz,events,event,PEG",)
    lines = codes.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(left_out)]
    codes.write_text("".join(kept), encoding="utf-8")
    result = check(project=project)
    assert result.exit_code == 2
    found = result.output[result.output.index("values without a mapping:") :]
    for part in (
        "geschlecht",
        "weiblich",
        "race___1, race___2, race___5, race___9",
        "2+5",
        "ereignis",
        "PEG",
        "Verlauf.csv",
    ):
        assert part in found
    assert "failed: quality.unmapped_site_values" in result.output
    patients = (workplace.sites / "graz" / "Patienten.csv").read_text("latin-1")
    first = next(
        number
        for number, line in enumerate(patients.splitlines(), start=1)
        if "weiblich" in line
    )
    assert re.search(rf"weiblich .* {first}, ", found)


def test_a_delivery_that_cannot_be_read_is_told_without_dbt(check, tmp_path):
    result = check(sites=tmp_path / "nowhere")
    assert result.exit_code == 2
    assert (
        f"no folder {tmp_path / 'nowhere'}; set COUNTERARM_SITES_DIR" in result.output
    )


def change_last(file: Path, column: str, value: str) -> tuple[str, int]:
    """Write a value into the last row of a file; return its subject and line."""
    with file.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        rows, headings = list(reader), reader.fieldnames
    rows[-1][column] = value
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, headings, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return rows[-1]["subject_id"], len(rows) + 1


def test_one_value_that_cannot_be_is_named_with_its_place(
    check, workplace, tmp_path, monkeypatch
):
    monkeypatch.setenv("COUNTERARM_REFERENCE_DATE", "2023-06-30")
    sites = shutil.copytree(workplace.sites, tmp_path / "sites")
    planted = [
        ("events.csv", "event_date", "2023-07-01", "impossible_date", "not used"),
        ("subjects.csv", "age_at_first_dose", "660", "impossible_age", "not used"),
        ("doses.csv", "dose_date", "1900-01-01", "impossible_date", "not used"),
        ("visits.csv", "q8_walking", "5", "item_beyond_scale", "not scored"),
    ]
    places = [
        change_last(sites / "olsztyn" / file, column, value)
        for file, column, value, *_ in planted
    ]
    # the reference day itself is a day on which things happen
    change_last(sites / "hanyang" / "events.csv", "event_date", "2023-06-30")
    result = check(sites=sites)
    assert result.exit_code == 0, result.output
    assert not re.search(r"hanyang +events.csv .* 2023-06-30", result.output)
    for (file, column, value, rule, becomes), (subject, line) in zip(
        planted, places, strict=True
    ):
        named = (
            rf"olsztyn +{file} +{column} +stg_site__{file[:-4]} +{subject} +{rule} "
            rf"+{becomes} +{value} .* {line}\b"
        )
        assert re.search(named, result.output), named
    for name in ("No date is impossible", "No age is impossible"):
        assert f"warning: quality.impossible_values, column reason: {name}" in (
            result.output
        )
    assert "lies outside 1990-01-01 to 2023-06-30" in result.output


# The heading, a blank line, and the first record on two lines stand above it.
SECOND_RECORD = 5
ITEMS = ["q1_speech", "q2_salivation", "q3_swallowing", "q4_handwriting"]
ITEMS += ["q5_cutting", "q6_dressing", "q7_turning", "q8_walking", "q9_climbing"]
ITEMS += ["r1_dyspnea", "r2_orthopnea", "r3_respiratory_insufficiency"]
OTHER_SEX = {"Male": "Female", "Female": "Male", "M": "F", "F": "M"}


def second(file: Path) -> dict[str, str]:
    """Return the second record of a file."""
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))[1]


def displace(file: Path, *changes: dict[str, str]) -> list[int]:
    """Move the records of a file down, and add copies of the second with changes.

    A blank line and a line end within quotes stand above the second record. Returns
    the line of each added record as an editor counts it.
    """
    with file.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        rows, headings = list(reader), [*reader.fieldnames, "remark"]
    rows[0]["remark"] = "seen twice\nin May"
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, headings, lineterminator="\n")
        writer.writeheader()
        lines.write("\n")
        writer.writerows([*rows, *(rows[1] | change for change in changes)])
    text = file.read_text(encoding="utf-8").split("\n")
    assert text[SECOND_RECORD - 1].startswith(rows[1]["subject_id"])
    n = len(text) - 1
    return list(range(n - len(changes) + 1, n + 1))


def test_a_line_is_that_of_an_editor_in_every_finding(check, workplace, tmp_path):
    sites = shutil.copytree(workplace.sites, tmp_path / "sites")
    proact = shutil.copytree(workplace.proact, tmp_path / "proact")
    hanyang = sites / "hanyang"
    subject = second(proact / "demographics.csv")
    patient = second(hanyang / "subjects.csv")
    number = f"{second(proact / 'alsfrs.csv')['subject_id']}.0"
    forms = displace(
        proact / "alsfrs.csv",
        {"ALSFRS_Delta": "11", "Q1_Speech": "5"},
        {"ALSFRS_Delta": "12", "subject_id": number},
    )
    (person,) = displace(
        proact / "demographics.csv", {"Sex": OTHER_SEX[subject["Sex"]]}
    )
    visits = displace(
        hanyang / "visits.csv",
        {"visit_date": "1899-12-30"},
        dict.fromkeys(ITEMS, "4") | {"alsfrs_r_total": "20"},
    )
    (row,) = displace(hanyang / "subjects.csv", {"sex": OTHER_SEX[patient["sex"]]})
    (event,) = displace(hanyang / "events.csv", {"subject_id": "NOBODY-1"})
    result = check("--json", sites=sites, proact=proact)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["findings"]

    def lines(kind: str, file: str, **values: str) -> list[list[int]]:
        return [
            one["lines"]
            for one in found
            if (one["kind"], one["file"]) == (kind, file)
            and values.items() <= one.items()
        ]

    assert lines("impossible_value", "alsfrs.csv", value="5") == [[forms[0]]]
    assert lines("impossible_value", "visits.csv", value="1899-12-30") == [[visits[0]]]
    assert lines("doubtful_assessment", "visits.csv") == [[visits[1]]]
    assert lines("subject_number", "alsfrs.csv") == [[forms[1]]]
    assert lines("subject_number", "events.csv") == [[event]]
    first = {"first line": SECOND_RECORD}
    assert lines("conflicting_rows", "demographics.csv", **first) == [[person]]
    assert lines("conflicting_rows", "subjects.csv", **first) == [[row]]
    gate = [one["reason"] for one in found if one["kind"] == "expectation"]
    for words in (
        f"file_name = events.csv, line = {event}",
        f"file_name = visits.csv, line_number = {visits[0]}",
    ):
        assert any(words in reason for reason in gate), words
