"""Weights, balance, effective sample size and common support are those of R."""

import json

import numpy as np
import pandas as pd
import pytest

from counterarm.matching import (
    balance,
    design_matrix,
    effective_sample_size,
    fit_propensity_score,
    outside_support,
    score_weights,
    set_weights,
)

TERMS = [
    ("age", "numeric"),
    ("educ", "numeric"),
    ("race", "categorical"),
    ("married", "numeric"),
    ("nodegree", "numeric"),
    ("re74", "numeric"),
    ("re75", "numeric"),
]


@pytest.fixture(scope="module")
def golden(pytestconfig):
    file = pytestconfig.rootpath / "tests" / "golden" / "weights.json"
    return json.loads(file.read_text())


@pytest.fixture(scope="module")
def lalonde(pytestconfig):
    folder = pytestconfig.rootpath / "tests" / "golden" / "data"
    return pd.read_csv(folder / "lalonde.csv")


@pytest.fixture(scope="module")
def score(lalonde):
    design, names = design_matrix(lalonde, TERMS)
    return fit_propensity_score(design, lalonde["treat"], names=names).score


@pytest.mark.parametrize("estimand", ["ATT", "ATO"])
def test_weights_by_score_are_those_of_r(golden, lalonde, score, estimand):
    weights = score_weights(score, lalonde["treat"], estimand)
    assert weights == pytest.approx(golden[f"{estimand.lower()}_weights"], abs=1e-8)


@pytest.mark.parametrize("estimand", ["ATT", "ATO"])
def test_effective_sample_sizes_are_those_of_r(golden, lalonde, score, estimand):
    weights = score_weights(score, lalonde["treat"], estimand)
    for arm, name in ((1, "treated"), (0, "control")):
        found = effective_sample_size(weights[lalonde["treat"] == arm])
        expected = golden["ess"][f"{estimand.lower()}_{name}"][0]
        assert found == pytest.approx(expected, abs=1e-6)


def test_the_effective_sample_size_of_lalonde_is_the_one_weightit_prints(
    lalonde, score
):
    # vignette("WeightIt"): weightit(..., estimand = "ATT", method = "glm")
    weights = score_weights(score, lalonde["treat"], "ATT")
    assert round(effective_sample_size(weights[lalonde["treat"] == 0]), 2) == 99.82


@pytest.mark.parametrize("estimand", ["ATT", "ATO"])
@pytest.mark.parametrize("variable", ["age", "re74", "married"])
def test_weighted_balance_is_that_of_r(golden, lalonde, score, estimand, variable):
    weights = score_weights(score, lalonde["treat"], estimand)
    found = balance(lalonde[variable], lalonde["treat"], weights)
    expected = golden[f"{estimand.lower()}_balance"][variable]
    for name in ("mean_treated", "mean_control", "smd"):
        assert getattr(found, name) == pytest.approx(expected[name][0], rel=1e-6)
    if expected["variance_ratio"] is None:
        assert np.isnan(found.variance_ratio)
    else:
        assert found.variance_ratio == pytest.approx(
            expected["variance_ratio"][0], rel=1e-6
        )


@pytest.mark.parametrize("discard", ["treated", "control", "both"])
def test_who_is_discarded_is_who_matchit_discards(golden, lalonde, score, discard):
    found = np.flatnonzero(outside_support(score, lalonde["treat"], discard))
    assert found.tolist() == golden["discarded"][discard]


def test_weights_of_exact_strata_are_those_of_matchit_but_for_their_scale(
    golden, lalonde
):
    exact = ["race", "married", "nodegree"]
    sets = lalonde.groupby(exact).ngroup()
    weights = set_weights(lalonde["treat"], sets)
    expected = np.array(golden["exact_weights"])
    control = (lalonde["treat"] == 0).to_numpy()
    assert weights[~control] == pytest.approx(expected[~control])
    scale = expected[control].sum() / weights[control].sum()
    assert weights[control] * scale == pytest.approx(expected[control])
    # in every stratum the controls weigh as much as the treated, so all are balanced
    assert weights[control].sum() == pytest.approx(weights[~control].sum())
    for name in ("married", "nodegree"):
        assert balance(lalonde[name], lalonde["treat"], weights).smd == pytest.approx(0)


def test_weights_of_sets_by_hand():
    # set 0: one treated, two controls; set 1: two treated, one control; 2: no control
    sets = [0, 0, 0, 1, 1, 1, 2, -1]
    treated = [1, 0, 0, 1, 1, 0, 1, 0]
    expected = [1, 0.5, 0.5, 1, 1, 2, 0, 0]
    assert set_weights(treated, sets).tolist() == expected


def test_a_fractional_number_of_a_set_is_refused_and_not_cut_off():
    with pytest.raises(ValueError, match=r"sets: 0.5 in row 2 is not a whole number"):
        set_weights([1, 0, 0], [0, 0, 0.5])


def test_overlap_weights_of_a_logistic_score_balance_its_terms_exactly(lalonde, score):
    # Li, Morgan & Zaslavsky 2018, theorem 3
    weights = score_weights(score, lalonde["treat"], "ATO")
    for name in ("age", "re74", "married"):
        result = balance(lalonde[name], lalonde["treat"], weights)
        assert result.smd == pytest.approx(0.0, abs=1e-6)


def test_common_support_by_hand():
    # treated 0.2 to 0.8, controls 0.1 to 0.7; the ends are inside
    score = [0.2, 0.8, 0.75, 0.1, 0.7, 0.2]
    treated = [1, 1, 1, 0, 0, 0]

    def kept(discard):
        return (~outside_support(score, treated, discard)).astype(int).tolist()

    assert kept("none") == [1, 1, 1, 1, 1, 1]
    assert kept("treated") == [1, 0, 0, 1, 1, 1]
    assert kept("control") == [1, 1, 1, 0, 1, 1]
    assert kept("both") == [1, 0, 0, 0, 1, 1]


def test_effective_sample_size_by_hand():
    assert effective_sample_size([1, 1, 2]) == pytest.approx(16 / 6)
    assert effective_sample_size([0.0, 0.0]) == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: score_weights([0.5, 1.0], [1, 0], "ATT"),
            "score: all must be",
        ),
        (lambda: score_weights([0.5, 0.4], [1, 0], "ATE"), "not one of ATT, ATO"),
        (lambda: outside_support([0.5, 0.4], [1, 0], "all"), "not one of none"),
        (lambda: outside_support([0.5, 0.4], [1, 1], "both"), "both arms"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
