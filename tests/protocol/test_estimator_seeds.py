"""Rows that ask for further estimators are refused by line, column and value."""

from pathlib import Path

import pandas as pd
import pytest

from counterarm.protocol.check import plain
from counterarm.protocol.estimator_seeds import COLUMNS, DISTRIBUTIONS
from counterarm.protocol.estimators import estimator_problems
from counterarm.protocol.resolved import Resolved
from counterarm.protocol.rows import row_checks
from counterarm.survival import DISTRIBUTIONS as FITTED

SEEDS = Path(__file__).parents[2] / "seeds" / "protocol"
OTHERS = (
    *("analyses", "endpoints", "groups", "matching", "matching_terms"),
    *("subgroups", "windows"),
)


@pytest.fixture
def seeds() -> dict[str, pd.DataFrame]:
    return {
        name: plain(pd.read_csv(SEEDS / f"{name}.csv", dtype=object))
        for name in [*OTHERS, *COLUMNS]
    }


def found_in(seeds: dict[str, pd.DataFrame]) -> list[str]:
    found = estimator_problems(Resolved(seeds))
    return [str(problem).removeprefix("seeds/protocol/") for problem in found]


def test_the_seeds_as_delivered_are_valid(seeds):
    assert found_in(seeds) == []


def test_the_protocol_knows_the_distributions_that_can_be_fitted():
    assert DISTRIBUTIONS == FITTED


@pytest.mark.parametrize(
    ("seed", "column", "value", "reason"),
    [
        (
            "extrapolations",
            "endpoint",
            "OSS",
            "endpoint 'OSS' has no row in endpoints.csv for nam_2023; did you mean "
            "'OS'?",
        ),
        (
            "extrapolations",
            "comparison_set",
            "women",
            "comparison_set 'women' has no row in groups.csv for nam_2023; name one of "
            "arms, boosters, country, doses, non_korean",
        ),
        (
            "extrapolations",
            "distributions",
            "weibul",
            "distributions 'weibul' holds 'weibul', which is none of exponential, "
            "weibull, gompertz, log_normal, log_logistic, generalised_gamma, spline_1, "
            "spline_2, spline_3; did you mean 'weibull'?",
        ),
        (
            "extrapolations",
            "distributions",
            "weibull|weibull",
            "distributions 'weibull|weibull' names 'weibull' twice; name each once",
        ),
        (
            "mmrm_models",
            "visits",
            "month_3|month_7",
            "visits 'month_3|month_7' names 'month_7', which is not in windows.csv for "
            "nam_2023; did you mean 'month_9'?",
        ),
        (
            "rematched_subgroups",
            "subgroup_set",
            "xyz",
            "subgroup_set 'xyz' has no row in subgroups.csv for nam_2023; name one "
            "of age, country, onset_site, riluzole, sex",
        ),
        (
            "doubly_robust",
            "days",
            "365|soon",
            "days '365|soon' does not hold whole days from 1 to 3650; join them by |, "
            "as in 182|365",
        ),
        (
            "doubly_robust",
            "days",
            "365|182",
            "days '365|182' does not rise, each day once; order the days",
        ),
        (
            "doubly_robust",
            "analysis_id",
            "barczewska_2020",
            "analysis_id 'barczewska_2020' has no score terms in matching_terms.csv, "
            "which are the covariates; name an analysis with the role score",
        ),
        (
            "bootstraps",
            "analysis_id",
            "nam_2023_ipw",
            "analysis_id 'nam_2023_ipw' is matched by the method ipw, which makes no "
            "sets; write the kind subject, or name an analysis of pairs or sets",
        ),
    ],
)
def test_a_row_that_asks_for_what_is_not_there_is_refused(
    seeds, seed, column, value, reason
):
    seeds[seed].loc[0, column] = value
    assert found_in(seeds) == [f"{seed}.csv line 2: {reason}"]


@pytest.mark.parametrize(
    ("seed", "column", "value", "reason"),
    [
        (
            "extrapolations",
            "horizon_days",
            "0",
            "is not a whole number from 1 to 36500",
        ),
        ("bootstraps", "draws", "10", "is not a whole number from 20 to 10000"),
        ("bootstraps", "kind", "pairs", "is none of pair, subject"),
        ("mmrm_models", "why", None, "must not be empty"),
    ],
)
def test_a_row_alone_is_checked(seeds, seed, column, value, reason):
    row = seeds[seed].iloc[0].to_dict() | {column: value}
    checks = row_checks(seed, {"nam_2023"}, {}, {})
    found = [problem[:2] for check in checks for problem in check(row)]
    assert found == [(column, reason)]


def test_a_response_cannot_be_matched_on(seeds):
    is_set = seeds["subgroups"]["analysis_id"] == "nam_2023"
    is_set &= seeds["subgroups"]["subgroup_set"] == "onset_site"
    seeds["subgroups"].loc[is_set, "variable"] = "response"
    assert found_in(seeds) == [
        "rematched_subgroups.csv line 2: subgroup_set 'onset_site' is by response, "
        "which pairs have after they are made; name a set of subgroups by what is "
        "known before matching"
    ]
