"""Defects planted in a delivery stop the build at the gate that is there for them."""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from dbt_project import WITHOUT_TESTS, BuildResult, run_builds, tables

pytestmark = pytest.mark.build


def edit(file: Path, change: Callable[[dict[str, str]], None]) -> None:
    """Rewrite a CSV file after `change` was made to each of its rows."""
    with file.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        rows = list(reader)
    for row in rows:
        change(row)
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, reader.fieldnames, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def call_placebo_pbo(row: dict[str, str]) -> None:
    if row["Study_Arm"] == "Placebo":
        row["Study_Arm"] = "PBO"


def bring_death_forward(row: dict[str, str]) -> None:
    # Days that are right in themselves, but lie before the last visits.
    if row["Death_Days"]:
        row["Death_Days"] = str(60 + int(row["subject_id"]) % 30)


def begin_elsewhere(row: dict[str, str]) -> None:
    for heading in row:
        if heading.startswith("Site_of_Onset"):
            row[heading] = ""
    row["Site_of_Onset"] = "Onset: Other"


# What is planted, by the place where it must be found.
DEFECTS = {
    "delivery": lambda at: edit(at / "PROACT_TREATMENT.csv", call_placebo_pbo),
    "standard": lambda at: edit(at / "PROACT_DEATHDATA.csv", bring_death_forward),
    "analyses": lambda at: edit(at / "PROACT_ALSHISTORY.csv", begin_elsewhere),
    "files": lambda at: (at / "PROACT_DEATHDATA.csv").unlink(),
}


@dataclass(frozen=True)
class Stopped:
    """A build of a damaged delivery over the warehouse of a good one."""

    build: BuildResult
    folder: Path

    def statuses(self) -> dict[str, str]:
        """Status of every model and seed, by name."""
        text = (self.build.target / "run_results.json").read_text()
        return {
            one["unique_id"].split(".")[-1]: one["status"]
            for one in json.loads(text)["results"]
        }

    def built(self) -> set[str]:
        """Tables of the file that dbt wrote, which nobody published."""
        return {f"{schema}.{name}" for schema, name in tables(self.build.build_file)}


@pytest.fixture(scope="module")
def stopped(demo_build, demo_delivery, tmp_path_factory) -> dict[str, Stopped]:
    """Build four damaged deliveries, each over what was published before.

    Data tests are left out: the gates must stop the build without their help.
    """
    planned = {}
    for place, plant in DEFECTS.items():
        folder = tmp_path_factory.mktemp(place)
        shutil.copytree(demo_delivery, folder / "delivery")
        plant(folder / "delivery" / "proact")
        shutil.copy(demo_build.warehouse, folder / demo_build.warehouse.name)
        planned[place] = folder
    builds = run_builds(
        *(
            {
                "delivery": folder / "delivery",
                "folder": folder,
                "arguments": WITHOUT_TESTS,
            }
            for folder in planned.values()
        )
    )
    return {
        place: Stopped(done, folder)
        for (place, folder), done in zip(planned.items(), builds, strict=True)
    }


def test_a_good_delivery_passes_every_gate(demo_build):
    counts = demo_build.rows(
        """
        select gate, count(*) >= 10 as is_enough, bool_and(
            success or severity = 'warning'
        ) as is_passed
        from quality.gate_results group by gate order by gate
        """
    )
    assert counts["gate"].tolist() == ["analyses", "delivery", "standard"]
    assert counts["is_enough"].all()
    assert counts["is_passed"].all()
    # Some loggers of Great Expectations set their own level.
    assert "great_expectations" not in demo_build.output
    reports = demo_build.warehouse.parent / "gates"
    for gate in counts["gate"]:
        assert (reports / f"{gate}.html").is_file()


@pytest.mark.parametrize("place", DEFECTS)
def test_a_stopped_build_leaves_the_published_file_as_it_was(
    stopped, demo_build, place
):
    done = stopped[place].build
    assert done.returncode != 0, done.ending
    assert done.warehouse.read_bytes() == demo_build.warehouse.read_bytes()
    assert stopped[place].statuses()["publication"] == "skipped"


def assert_stopped_at(done: Stopped, gate: str, *, built: list, absent: list) -> dict:
    """Check what was built around a gate that failed; return its failures by name."""
    statuses = done.statuses()
    broken = [name for name, status in statuses.items() if status == "error"]
    assert broken == [f"gate_{gate}"], done.build.ending
    there = done.built()
    assert set(built) <= there
    assert not set(absent) & there
    assert {statuses[table.split(".")[1]] for table in absent} == {"skipped"}
    assert f"Gate {gate} stopped the build" in done.build.output
    reports = done.folder / "gates"
    page = (reports / f"{gate}.html").read_text(encoding="utf-8")
    assert "The gate stopped the build." in page
    written = json.loads((reports / f"{gate}.json").read_text(encoding="utf-8"))
    assert not written["passed"]
    return {
        one["expectation"]: one
        for one in written["results"]
        if one["state"] == "failed"
    }


def test_an_unknown_word_for_placebo_stops_at_the_delivery(stopped):
    failed = assert_stopped_at(
        stopped["delivery"],
        "delivery",
        built=["staging.stg_proact__treatment", "quality.unmapped_terms"],
        absent=["sdtm.dm", "adam.adsl", "matching.pairs", "results.ledger"],
    )
    assert failed["Every study arm is known"]["unexpected_count"] == 1
    output = stopped["delivery"].build.output
    assert (
        "quality.unmapped_terms, column raw_term: Every study arm is known: failed in "
        "1 row. Example row: source = proact, table_name = treatment, "
        "column_name = study_arm, raw_term = PBO, n_rows = "
    ) in output
    assert "What to do: Add the term to seeds/codelists/raw_terms.csv" in output
    assert "There is a placebo arm" in failed


def test_deaths_before_the_last_visit_stop_at_the_standard(stopped):
    failed = assert_stopped_at(
        stopped["standard"],
        "standard",
        built=["quality.gate_delivery", "adam.adsl"],
        absent=["cohort.candidates", "matching.pairs", "results.ledger"],
    )
    late = failed["Hardly any subject was assessed after death"]
    assert late["unexpected_count"] > 20
    output = stopped["standard"].build.output
    assert (
        f"adam.adsl, column lstcnady: {late['expectation']}: "
        f"failed in {late['unexpected_count']} rows. Example row: "
        "studyid = PROACT, usubjid = PROACT-"
    ) in output
    assert "Compare Death_Days with ALSFRS_Delta of some subjects" in output


def test_an_arm_without_eligible_controls_stops_at_the_analyses(stopped):
    failed = assert_stopped_at(
        stopped["analyses"],
        "analyses",
        built=["quality.gate_standard", "cohort.attrition", "analysis.cox"],
        absent=["quality.gate_results", "results.estimates", "results.ledger"],
    )
    empty = failed["Every main analysis has eligible subjects in both arms"]
    assert empty["unexpected_count"] == 2
    output = stopped["analyses"].build.output
    assert (
        "cohort.subjects, column is_eligible: Every main analysis has eligible "
        "subjects in both arms: failed in 2 rows. Example row: analysis_id = "
        "barczewska_2020, arm = control, n_eligible = 0."
    ) in output
    assert "Read cohort.attrition for the analysis" in output
    assert "Every main analysis has a matched cohort" in failed


def test_a_missing_required_file_stops_before_anything_is_staged(stopped):
    done = stopped["files"]
    statuses = done.statuses()
    assert statuses["delivered_files"] == "error"
    assert statuses["gate_delivery"] == "skipped"
    assert not {name for name in done.built() if name.startswith("staging.")}
    assert "deathdata" in done.build.output.lower()
    assert str(done.folder / "delivery" / "proact") in done.build.output
