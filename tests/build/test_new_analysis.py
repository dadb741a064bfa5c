"""A statistician adds an analysis by adding rows to the protocol seeds."""

import csv

import duckdb
import numpy as np
import pytest
from dbt_project import (
    ROOT,
    WITHOUT_TESTS,
    add_rows,
    copy_project,
    run_builds,
    tables,
    tables_that_differ,
)
from refreshed import RUN_METADATA, comments, refresh

pytestmark = pytest.mark.build

BASE = "nam_2023"
WOMEN = "women_two_controls"
LINEAR = "linear_score"
COVARIATES = ["age", "onset_site", "alsfrs_r_total", "riluzole", "disease_months"]


def seed_rows(seed: str, analysis: str) -> list[str]:
    """Return the lines of an analysis in a protocol seed, without its name."""
    file = ROOT / "seeds" / "protocol" / f"{seed}.csv"
    lines = file.read_text().splitlines()
    start = f"{analysis},"
    return [line.removeprefix(start) for line in lines if line.startswith(start)]


def add_analyses(project) -> None:
    add_rows(
        project,
        "analyses",
        f"{WOMEN},{BASE},Women with two controls each,Fewer women than controls",
        f"{LINEAR},{BASE},Linear predictor as score,Even steps far from one half",
    )
    add_rows(
        project,
        "eligibility",
        *(f"{WOMEN},{row}" for row in seed_rows("eligibility", BASE)),
        f"{WOMEN},9,women,both,sex,=,F,Women",
    )
    add_rows(
        project,
        "matching",
        f"{WOMEN},nearest,probability,largest,2,false,first,",
        f"{LINEAR},nearest,linear,largest,1,false,first,",
    )
    add_rows(
        project,
        "matching_terms",
        *(f"{WOMEN},{variable},score,,," for variable in COVARIATES),
        f"{WOMEN},score,caliper,,0.5,sd",
    )
    add_rows(project, "models", f"{WOMEN},unadjusted,OS,naive,efron")
    add_rows(project, "model_terms", f"{WOMEN},unadjusted,1,treated,treated,,,")


@pytest.fixture(scope="module")
def builds(demo_delivery, tmp_path_factory):
    """A build with two more analyses, and one of a protocol that makes no sense."""
    folder = tmp_path_factory.mktemp("protocols")
    more = copy_project(folder / "more")
    add_analyses(more)
    wrong = copy_project(folder / "wrong")
    line = add_rows(
        wrong,
        "eligibility",
        f"{BASE},9,shoes,both,shoe_size,>,40,Large feet",
        f"{BASE},10,old,both,age,over,40,Old",
    )
    built = run_builds(
        {
            "delivery": demo_delivery,
            "folder": folder / "more_build",
            "project": more,
            "arguments": WITHOUT_TESTS,
        },
        {
            "delivery": demo_delivery,
            "folder": folder / "wrong_build",
            "project": wrong,
            "arguments": ["--select", "+analysis_eligibility"],
        },
    )
    return *built, line


@pytest.fixture(scope="module")
def build(builds):
    assert builds[0].returncode == 0, builds[0].ending
    return builds[0]


@pytest.fixture(scope="module")
def read(build):
    def table(name: str, analysis: str):
        return build.rows(
            f"from {name} where analysis_id = '{analysis}'", published=False
        )

    return table


def test_a_new_analysis_has_its_own_attrition(read):
    steps = read("cohort.attrition", WOMEN)
    assert steps.sort_values("step")["criterion"].iloc[-1] == "women"
    eligible = read("cohort.subjects", BASE).query("is_eligible and sex == 'F'")
    for arm, own in eligible.groupby("arm"):
        last = steps[(steps["arm"] == arm) & (steps["criterion"] == "women")]
        assert last["n_after"].tolist() == [len(own)]
    assert len(read("cohort.subjects", WOMEN).query("is_eligible")) == len(eligible)


def test_a_new_analysis_has_pairs_by_its_own_ratio_and_caliper(read):
    pairs = read("matching.pairs", WOMEN)
    scores = read("matching.propensity_scores", WOMEN).set_index("usubjid")["score"]
    apart = np.abs(
        scores.loc[pairs["treated_usubjid"]].to_numpy()
        - scores.loc[pairs["control_usubjid"]].to_numpy()
    )
    assert pairs["distance"].to_numpy() == pytest.approx(apart)
    assert apart.max() <= 0.5 * scores.std()
    assert not pairs["control_usubjid"].duplicated().any()
    assert pairs["treated_usubjid"].value_counts().max() == 2
    assert pairs["pair_id"].str.startswith(f"{WOMEN}-").all()
    sex = read("matching.matched_subjects", WOMEN)["sex"]
    assert set(sex) == {"F"}


def test_a_new_analysis_weighs_the_controls_of_a_set_by_their_number(read):
    matched = read("matching.matched_subjects", WOMEN)
    weights = matched.groupby(["set_id", "arm"])["weight"].sum()
    assert weights.to_numpy() == pytest.approx(1)


@pytest.mark.parametrize("analysis", [WOMEN, LINEAR])
def test_a_new_analysis_has_its_own_hazard_ratio(read, analysis):
    fits = read("analysis.cox", analysis).query(
        "model_id == 'unadjusted' and variance == 'naive' and term == 'treated'"
    )
    assert fits["hazard_ratio"].gt(0).tolist() == [True]


def test_pairs_on_the_linear_score_are_apart_by_it(read):
    pairs = read("matching.pairs", LINEAR)
    scores = read("matching.propensity_scores", LINEAR).set_index("usubjid")
    linear = scores["linear_predictor"]
    assert scores["score"].to_numpy() == pytest.approx(1 / (1 + np.exp(-linear)))
    assert pairs["distance"].to_numpy() == pytest.approx(
        np.abs(
            linear.loc[pairs["treated_usubjid"]].to_numpy()
            - linear.loc[pairs["control_usubjid"]].to_numpy()
        )
    )


def test_a_new_analysis_leaves_the_others_as_they_were(build, demo_build, tmp_path):
    cut = tmp_path / "cut.duckdb"
    with duckdb.connect(str(cut)) as connection:
        connection.execute(f"attach '{build.build_file}' as built (read_only)")
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_columns() "
            "where database_name = 'built' and column_name = 'analysis_id' "
            "and schema_name in ('cohort', 'matching', 'analysis')"
        ).fetchall():
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(
                f"create table {schema}.{table} as from built.{schema}.{table} "
                f"where analysis_id not in ('{WOMEN}', '{LINEAR}')"
            )
    assert tables_that_differ(cut, demo_build.build_file) == {}


@pytest.fixture(scope="module")
def refreshed(demo_build, demo_delivery, builds, tmp_path_factory):
    """The build of a part that follows on the shipped protocol, with the same rows."""
    folder = tmp_path_factory.mktemp("refreshed")
    return refresh(demo_build, demo_delivery, folder, add_analyses)


def test_a_build_of_what_changed_gives_the_tables_of_a_whole_build(refreshed, build):
    whole = build.build_file
    assert tables(refreshed.warehouse) - RUN_METADATA == tables(whole) - RUN_METADATA
    differ = tables_that_differ(whole, refreshed.warehouse, without=RUN_METADATA)
    assert differ == {}
    assert comments(refreshed.warehouse).equals(comments(whole))


def test_a_build_of_what_changed_says_what_it_built_and_leaves_the_rest(refreshed):
    assert "nodes: seeds/protocol/analyses.csv, seeds/" in refreshed.output
    built = refreshed.rows(
        "select split_part(node_name, '.', 3) as name from quality.node_builds "
        "group by all having count(*) > 1"
    )["name"]
    # the file is published before its last node is recorded
    assert {"analyses", "subjects", "cox", "gate_analyses"} <= set(built)
    assert not {"delivered_files", "dm", "adsl", "gate_standard"} & set(built)
    (scope,) = refreshed.rows("from quality.build_scope").to_dict("records")
    assert scope["is_full"]
    assert scope["n_left_out"] == 0
    assert scope["n_taken_over"] > 100


def test_a_new_analysis_is_in_the_summary_with_its_label(read):
    (summary,) = read("results.analysis_summary", WOMEN).to_dict("records")
    assert summary["label"] == "Women with two controls each"
    assert summary["n_pairs"] == len(read("matching.pairs", WOMEN))


def test_a_row_that_makes_no_sense_is_named_by_file_line_column_and_value(builds):
    _, wrong, line = builds
    assert wrong.returncode == 1
    file = "seeds/protocol/eligibility.csv"
    assert f"{file} line {line}: variable 'shoe_size' is not a variable" in wrong.output
    assert f"{file} line {line + 1}: operator 'over' is none of" in wrong.output
    assert "SKIP" in wrong.output


def test_the_lines_that_are_named_are_those_of_the_file():
    # The build counts rows of the seed; they are lines only where no cell has a break.
    for file in (ROOT / "seeds" / "protocol").glob("*.csv"):
        with file.open(newline="") as opened:
            assert len(list(csv.reader(opened))) == len(file.read_text().splitlines())
