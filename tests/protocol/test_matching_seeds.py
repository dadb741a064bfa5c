"""Rows of matching.csv and matching_terms.csv for methods beyond pairs by score."""

from pathlib import Path

import pandas as pd
import pytest
from changed_protocol import check
from test_protocol_rows_together import NEAREST, PAIRS, give, problems

SEEDS = Path(__file__).parents[2] / "seeds" / "protocol"
COVARIATES = [("age", "covariate"), ("sex", "covariate")]
NEAR = {**NEAREST, "distance": "mahalanobis"}
DATA = {**NEAR, "match_order": "data"}
SCORE = [("age", "score")]


@pytest.fixture
def protocol() -> dict[str, pd.DataFrame]:
    files = sorted(SEEDS.glob("*.csv"))
    return {file.stem: pd.read_csv(file, dtype=str) for file in files}


def set_terms(protocol, **values) -> None:
    """Set columns of the first term of the analysis `new`."""
    rows = protocol["matching_terms"]
    index = rows.index[rows["analysis_id"] == "new"][0]
    for column, value in values.items():
        rows.loc[index, column] = value


@pytest.mark.parametrize(
    ("method", "terms", "changed"),
    [
        (DATA, COVARIATES, {}),
        ({**DATA, "match_order": "closest"}, [*COVARIATES, ("sex", "exact")], {}),
        (NEAR, [*COVARIATES, *SCORE, ("score", "caliper")], {}),
        ({**NEAREST, "match_order": "farthest"}, SCORE, {}),
        ({**NEAREST, "tie_policy": "matchit_4_7"}, SCORE, {}),
        (NEAREST, [("age", "caliper"), *SCORE], {"caliper": "-5"}),
        ({"method": "cem"}, COVARIATES, {"cutpoints": "q5"}),
        ({"method": "cem"}, [*COVARIATES, ("onset_site", "exact")], {}),
        ({"method": "cem"}, COVARIATES, {"cutpoints": "50|60.5|70"}),
        (
            {"method": "subclass", "score_scale": "linear", "subclasses": "5"},
            SCORE,
            {},
        ),
        ({"method": "entropy"}, COVARIATES, {"moments": "2"}),
        ({"method": "energy"}, COVARIATES, {}),
    ],
)
def test_these_rows_are_valid(protocol, method, terms, changed):
    give(protocol, based_on="nam_2023", method=method, terms=terms)
    set_terms(protocol, **changed)
    check(protocol)


@pytest.mark.parametrize(
    ("method", "terms", "changed", "printed"),
    [
        (DATA, SCORE, {}, "distance 'mahalanobis' needs covariate terms: give"),
        (
            DATA,
            [*COVARIATES, ("age", "distance")],
            {},
            "distance 'mahalanobis' ignores the distance terms",
        ),
        (NEAR, COVARIATES, {}, "match_order 'largest' needs score terms"),
        (
            {**NEAR, "match_order": None},
            COVARIATES,
            {},
            "match_order must not be empty where pairs are made by covariates",
        ),
        (NEAREST, [*SCORE, ("sex", "covariate")], {}, "ignores the covariate"),
        ({"method": "cem"}, SCORE, {}, "method 'cem' needs covariate terms"),
        ({"method": "energy"}, SCORE, {}, "method 'energy' needs covariate terms"),
        (
            {"method": "entropy"},
            [*COVARIATES, ("sex", "exact")],
            {},
            "ignores the exact terms",
        ),
        (
            {"method": "subclass", "score_scale": "linear"},
            SCORE,
            {},
            "subclasses must not be empty with the method subclass",
        ),
        (
            {"method": "optimal", **PAIRS, "distance": "mahalanobis"},
            [("age", "distance")],
            {},
            "distance 'mahalanobis' must be empty with the method optimal",
        ),
        (
            {**NEAREST, "distance": "cosine"},
            COVARIATES,
            {},
            "distance 'cosine' is none",
        ),
        (
            {"method": "cem"},
            COVARIATES,
            {"cutpoints": "many"},
            "cutpoints 'many' is not a rule for cutpoints",
        ),
        (
            {"method": "cem"},
            COVARIATES,
            {"cutpoints": "70|60"},
            "cutpoints '70|60' has points that are not increasing",
        ),
        (
            {"method": "cem"},
            [("sex", "covariate"), ("age", "covariate")],
            {"cutpoints": "3"},
            "cutpoints '3' must be empty, as sex is categorical",
        ),
        (
            {"method": "energy"},
            COVARIATES,
            {"moments": "2"},
            "moments '2' is read by the method entropy only, not energy",
        ),
        (
            {"method": "entropy"},
            COVARIATES,
            {"moments": "4"},
            "moments '4' is not a whole number from 1 to 3",
        ),
    ],
)
def test_rows_that_do_not_fit_are_named(protocol, method, terms, changed, printed):
    give(protocol, method=method, terms=terms)
    set_terms(protocol, **changed)
    assert printed in problems(protocol)
