"""Rows alone take controls from a registry: alone, pooled, matched in time, hybrid."""

import csv

import pytest
from dbt_project import WITHOUT_TESTS, copy_project, run_build

from counterarm.demo import write_demo
from counterarm.protocol.scaffold import scaffold_rows

pytestmark = pytest.mark.build

REGISTRY, POOLED, MATCHED = "registry", "registry_pooled", "registry_matched"
HYBRID, DIAGNOSED = "registry_hybrid", "registry_diagnosed"
# Seeds whose rows are of no analysis, or say what data can hold.
KEPT = {"recorded_events", "safety_tables", "variables"}
N_REGISTRY = 150


def source(arm: str, study: str, code: str, rule: str) -> list[str]:
    return [arm, study, code, rule]


TREATED = source("treated", "HANYANG", "ANY", "first_dose")
PLACEBO = source("control", "PROACT", "PLACEBO", "trial_entry")
ENROLLED = source("control", "REGISTRY", "ANY", "enrolment")
ROWS = {
    "arms": {
        REGISTRY: [TREATED, ENROLLED],
        POOLED: [TREATED, PLACEBO, ENROLLED],
        MATCHED: [
            TREATED,
            source("control", "REGISTRY", "ANY", "nearest_to_matched_time"),
        ],
        HYBRID: [
            source("treated", "PROACT", "ACTIVE", "trial_entry"),
            PLACEBO,
            ENROLLED,
        ],
    },
    "windows": {
        MATCHED: [
            ["treated", "baseline", "index_day", "0", "-45", "14", "total"],
            ["control", "baseline", "onset", "0", "-91", "91", "total"],
        ]
    },
    "clocks": {DIAGNOSED: [["both", "diagnosis", "From the diagnosis on"]]},
    "matching": {HYBRID: [["none", "", "", "", "", "", ""]]},
    "borrowing": {
        HYBRID: [
            ["alone", "internal_only", "OS", "", "", "No external control"],
            ["half", "power_prior", "OS", "0.5", "", "Half of each"],
            ["calibrated", "calibrated_power_prior", "OS", "", "", "As they agree"],
        ]
    },
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A build of these analyses alone, up to what is borrowed."""
    folder = tmp_path_factory.mktemp("registry")
    write_demo(folder / "delivery", subjects=300, registry=N_REGISTRY)
    project = copy_project(folder / "project")
    given: dict[str, dict[str, list[list[str]]]] = {
        "analyses": {
            REGISTRY: [["", "Against a registry", "Test"]],
            **{
                name: [[REGISTRY, "Variant", "Test"]]
                for name in (DIAGNOSED, HYBRID, MATCHED, POOLED)
            },
        }
    }
    for seed, of_seed in scaffold_rows(REGISTRY, "HANYANG").items():
        if seed not in ("placebo_nulls", "tipping_sweeps"):
            given[seed] = {REGISTRY: of_seed}
    given["matching_terms"][REGISTRY].append(["source", "balance", "", "", ""])
    for seed, of_seed in ROWS.items():
        given[seed] = given.get(seed, {}) | of_seed
    for file in (project / "seeds" / "protocol").glob("*.csv"):
        if file.stem in KEPT:
            continue
        heading = file.read_text().splitlines()[0].split(",")
        with file.open("w", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(heading)
            for name, rows in given.get(file.stem, {}).items():
                # a column that these rows do not know is empty
                writer.writerows(
                    [name, *row] + [""] * (len(heading) - 1 - len(row)) for row in rows
                )
    build = run_build(
        folder / "delivery",
        folder / "build",
        project=project,
        arguments=["--select", "+borrowed_estimates", "+attrition", *WITHOUT_TESTS],
    )
    assert build.returncode == 0, build.ending
    return build


def found(built, query: str) -> list[tuple]:
    rows = built.rows(query, published=False)
    return list(rows.itertuples(index=False, name=None))


def test_controls_of_a_registry_alone_are_matched_without_a_dose(built):
    ((n, n_doses),) = found(
        built,
        f"""
        select count(*), sum(n_doses) from matching.matched_subjects
        where analysis_id = '{REGISTRY}' and arm = 'control'
            and usubjid like 'REGISTRY-%'
        """,
    )
    ((n_pairs,),) = found(
        built, f"select count(*) from matching.pairs where analysis_id = '{REGISTRY}'"
    )
    assert n == n_pairs > 50
    assert n_doses == 0


def test_whose_enrolment_is_not_known_is_counted_and_left_out(built):
    ((n_before, n_unknown),) = found(
        built,
        f"""
        select n_before, n_not_evaluable from cohort.attrition
        where analysis_id = '{REGISTRY}' and arm = 'control' and step = 1
        """,
    )
    ((n_flagged,),) = found(
        built, "select count(*) from quality.flags where flag = 'no_enrolment_date'"
    )
    assert n_before == N_REGISTRY
    assert n_unknown == n_flagged > 0


def test_a_registry_is_a_source_of_its_own_that_records_deaths(built):
    assert found(
        built,
        f"""
        select distinct deaths_recorded from cohort.subjects
        where analysis_id = '{REGISTRY}' and arm = 'control'
        """,
    ) == [("site",)]


def test_two_sources_are_pooled_each_from_its_own_day(built):
    assert found(
        built,
        f"""
        select candidates.studyid, max(abs(subjects.index_day)), count(*) > 20
        from cohort.subjects as subjects
        inner join cohort.candidates as candidates using (analysis_id, usubjid)
        where analysis_id = '{POOLED}' and subjects.arm = 'control' and is_eligible
        group by candidates.studyid order by candidates.studyid
        """,
    ) == [("PROACT", 0, True), ("REGISTRY", 0, True)]


def test_the_source_of_the_matched_is_a_variable(built):
    assert found(
        built,
        f"""
        select distinct arm, source from matching.matched_subjects
        where analysis_id = '{POOLED}' order by all
        """,
    ) == [("control", "PROACT"), ("control", "REGISTRY"), ("treated", "HANYANG")]


def test_survival_from_the_diagnosis_has_delayed_entry(built):
    ((n, n_late, n_wrong),) = found(
        built,
        f"""
        select
            count(*),
            count(*) filter (where clocked.entry_days > 0),
            count(*) filter (
                where clocked.days - clocked.entry_days <> enrolled.days
                    or clocked.entry_days <> -(adsl.diagady)
            )
        from cohort.endpoints as clocked
        inner join cohort.endpoints as enrolled
            on clocked.usubjid = enrolled.usubjid and clocked.endpoint = 'OS'
            and enrolled.endpoint = 'OS' and enrolled.analysis_id = '{REGISTRY}'
        inner join adam.adsl as adsl on clocked.usubjid = adsl.usubjid
        where clocked.analysis_id = '{DIAGNOSED}' and adsl.studyid = 'REGISTRY'
            and clocked.days is not null
        """,
    )
    assert n == n_late > 100
    assert n_wrong == 0


def test_a_matched_time_is_as_long_after_onset_as_that_of_the_treated(built):
    ((n, n_far),) = found(
        built,
        f"""
        with treated as (
            select floor(median(subjects.index_day - (adsl.onsetady + 0))) as days
            from cohort.subjects as subjects
            inner join adam.adsl as adsl using (usubjid)
            where analysis_id = '{MATCHED}' and subjects.arm = 'treated'
                and adsl.onsetady < 0
        )
        select
            count(*),
            count(*) filter (where abs(index_day - adsl.onsetady - treated.days) > 91)
        from cohort.subjects as subjects
        inner join adam.adsl as adsl using (usubjid)
        cross join treated
        where analysis_id = '{MATCHED}' and subjects.arm = 'control'
            and subjects.index_day is not null
        """,
    )
    assert n > 20
    assert n_far == 0


def test_internal_controls_borrow_from_the_registry(built):
    rows = found(
        built,
        """
        select borrowing_id, model, a0, sources, n_internal, se
        from analysis.borrowed_estimates order by borrowing_id, model
        """,
    )
    weights = {(way, model): a0 for way, model, a0, *_ in rows}
    assert weights["alone", "cox"] == 0
    assert weights["half", "exponential"] == 0.5
    assert 0 < weights["calibrated", "cox"] <= 1
    assert {row[3].split(" ")[0] for row in rows} == {"REGISTRY"}
    error = {(way, model): se for way, model, *_, se in rows}
    assert error["half", "cox"] < error["alone", "cox"]
