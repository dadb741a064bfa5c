"""Invalid nulls, priors and sweeps are named by line, column and value."""

from pathlib import Path

import pandas as pd
import pytest

from counterarm.protocol.check import plain
from counterarm.protocol.groups import duplicate_problems
from counterarm.protocol.resolved import Resolved
from counterarm.protocol.rows import row_checks
from counterarm.protocol.trust import trust_problems

SEEDS = Path(__file__).parents[2] / "seeds" / "protocol"
NAMES = ["analyses", "arms", "matching", "placebo_nulls", "bias_priors"]


@pytest.fixture
def seeds() -> dict[str, pd.DataFrame]:
    return {
        name: plain(pd.read_csv(SEEDS / f"{name}.csv", dtype=object))
        for name in [*NAMES, "tipping_sweeps"]
    }


def found_in(seeds: dict[str, pd.DataFrame]) -> list[str]:
    found = trust_problems(Resolved(seeds))
    return [str(problem).removeprefix("seeds/protocol/") for problem in found]


def line_of(rows: pd.DataFrame, **values: str) -> int:
    matches = (rows[list(values)] == list(values.values())).all(axis=1)
    return int(rows.index[matches][0])


def test_the_seeds_as_delivered_are_valid(seeds):
    assert found_in(seeds) == []


@pytest.mark.parametrize(
    ("kind", "column", "value", "reason"),
    [
        ("procedure", "draws", None, "draws must be given with the kind procedure"),
        ("procedure", "seed", None, "seed must be given with the kind procedure"),
        (
            "procedure",
            "reference_analysis",
            "nam_2023",
            "reference_analysis 'nam_2023' must be empty with the kind procedure",
        ),
        (
            "ascertainment",
            "reference_analysis",
            None,
            "reference_analysis must be given with the kind ascertainment",
        ),
        (
            "ascertainment",
            "reference_analysis",
            "nam_2032",
            "reference_analysis 'nam_2032' is not an analysis in analyses.csv; did you "
            "mean 'nam_2023'?",
        ),
        (
            "ascertainment",
            "reference_analysis",
            "barczewska_2020",
            "reference_analysis 'barczewska_2020' has another index_rule of the "
            "controls in arms.csv: days of the two do not start together",
        ),
        ("pseudo_trial", "seed", "7", "seed '7' must be empty with the kind pseudo"),
    ],
)
def test_a_null_says_what_its_kind_needs_and_nothing_else(
    seeds, kind, column, value, reason
):
    rows = seeds["placebo_nulls"]
    at = line_of(rows, analysis_id="nam_2023", kind=kind)
    rows.loc[at, column] = value
    (problem,) = found_in(seeds)
    assert problem.startswith(f"placebo_nulls.csv line {at + 2}: {reason}")


def test_a_null_is_of_an_analysis_that_makes_pairs(seeds):
    rows = seeds["placebo_nulls"]
    at = line_of(rows, analysis_id="nam_2023", kind="procedure")
    rows.loc[at, "analysis_id"] = "nam_2023_ipw"
    (problem,) = found_in(seeds)
    assert "'nam_2023_ipw' is matched by the method ipw, which makes no" in problem


@pytest.mark.parametrize(
    ("deltas", "reason"),
    [
        ("1|two", "holds 'two', which is not a number from 0 to 1000"),
        ("1,2", "holds '1,2', which is not a number from 0 to 1000"),
        ("1|-1", "holds '-1', which is not a number from 0 to 1000"),
        ("2|4", "does not rise or fall from 1, each number once"),
        ("1|4|2", "does not rise or fall from 1, each number once"),
        ("1|2|2", "does not rise or fall from 1, each number once"),
    ],
)
def test_deltas_go_one_way_from_1(seeds, deltas, reason):
    seeds["tipping_sweeps"].loc[0, "deltas"] = deltas
    (problem,) = found_in(seeds)
    place = f"tipping_sweeps.csv line 2: deltas {deltas!r}"
    assert problem.startswith(f"{place} {reason}")


CONFOUNDER = {
    "kind": "confounder",
    "bias_mean": None,
    "bias_sd": None,
    "log_rr_mean": "0.7",
    "log_rr_sd": "0.25",
    "share_treated": "0.3",
    "share_control": "0.5",
    "share_n": "100",
}


def test_a_prior_is_a_bias_or_a_confounder(seeds):
    rows = seeds["bias_priors"]
    for column, value in CONFOUNDER.items():
        rows.loc[0, column] = value
    assert found_in(seeds) == []
    rows.loc[0, "share_n"] = None
    rows.loc[0, "bias_sd"] = "0.1"
    assert [problem.split(": ", 1)[1] for problem in found_in(seeds)] == [
        "bias_sd '0.1' must be empty with the kind confounder; empty it, or correct "
        "the kind",
        "share_n must be given with the kind confounder; give it a value",
    ]


def test_the_verdict_rests_on_one_prior_at_most(seeds):
    seeds["bias_priors"]["is_in_verdict"] = ["false", "True", "false", "true"]
    assert found_in(seeds) == [
        "bias_priors.csv line 5: is_in_verdict 'true' is true in line 3 too; let the "
        "verdict use one prior"
    ]
    seeds["bias_priors"]["is_in_verdict"] = "false"
    assert found_in(seeds) == []


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("is_in_verdict", "perhaps", "is neither true nor false"),
        ("is_in_verdict", None, "must not be empty"),
        ("bias_mean", "-11", "is not a number from -10 to 10"),
        ("bias_sd", "-0.1", "is not a number from 0 to 10"),
        ("log_rr_mean", "11", "is not a number from -10 to 10"),
        ("log_rr_sd", "-0.1", "is not a number from 0 to 10"),
        ("share_treated", "1.2", "is not a number from 0.0001 to 0.9999"),
        ("share_control", "0", "is not a number from 0.0001 to 0.9999"),
        ("share_n", "0", "is not a number from 1 to 1000000"),
        ("prior_id", None, "must not be empty"),
        ("kind", None, "must not be empty"),
        ("why", None, "must not be empty"),
        ("source", None, "must not be empty"),
        ("disease", None, "must not be empty"),
        ("kind", "flat", "is none of confounder, normal"),
    ],
)
def test_a_prior_has_a_source_and_numbers_in_their_range(seeds, column, value, reason):
    row = seeds["bias_priors"].loc[0].to_dict() | {column: value}
    found = [
        problem
        for check in row_checks("bias_priors", set(), {}, {})
        for problem in check(row)
    ]
    assert [problem[:2] for problem in found] == [(column, reason)]


@pytest.mark.parametrize("name", ["bias_priors", "placebo_nulls"])
def test_a_row_that_stands_twice_is_named_by_what_it_is_of(seeds, name):
    """Priors are of no analysis: the first column names them."""
    rows = pd.concat([seeds[name], seeds[name].iloc[[0]]], ignore_index=True)
    (problem,) = duplicate_problems({name: rows})
    assert problem.column == rows.columns[0]
    assert (problem.line, problem.value) == (len(rows) + 1, rows.iloc[0, 0])
