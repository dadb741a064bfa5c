"""Coarsened exact matching and subclasses of MatchIt 4.7.2 on lalonde."""

import numpy as np
import pandas as pd
import pytest
from lalonde_runs import GOLDEN, fitted, lalonde
from test_matchit_4_7_golden import COVARIATES

from counterarm.matching import coarsened_strata, cut, match_subclass, set_weights

FOUR = dict.fromkeys(["age", "educ", "re74", "re75"], 4)


def sets_of(run):
    data = lalonde()
    if run == "subclass_5":
        return match_subclass(fitted().score, "treat", 5, data=data)
    cutpoints = FOUR if run == "cem_cutpoints_4" else "sturges"
    return coarsened_strata(COVARIATES, "treat", data=data, cutpoints=cutpoints)


@pytest.mark.parametrize("run", ["cem", "cem_cutpoints_4", "subclass_5"])
def test_sets_and_weights_are_those_of_matchit(run):
    golden = pd.read_csv(GOLDEN / "matchit_4_7_2" / f"lalonde__{run}.csv")
    assert golden["id"].tolist() == lalonde()["id"].tolist()
    sets = sets_of(run)
    expected = golden["subclass"].fillna(0).astype(int)
    assert (sets + 1).tolist() == expected.tolist()
    weights = set_weights("treat", sets, data=lalonde())
    # MatchIt scales the controls to weigh 1 on average
    control = (lalonde()["treat"] == 0).to_numpy() & (weights > 0)
    weights[control] /= weights[control].mean()
    np.testing.assert_allclose(weights, golden["weight"], rtol=0, atol=1e-12)


def test_bins_are_those_of_r():
    # R: findInterval(x, c(-Inf, 2.5, 5, 7.5, Inf)) for 4 bins from 0 to 10
    x = [0, 2.4, 2.5, 5, 7.4, 10]
    assert cut(x, 4).tolist() == [1, 1, 2, 3, 3, 4]
    assert cut(x, 0).tolist() == x
    assert cut(x, 1).tolist() == [1] * 6
    assert cut(x, [5]).tolist() == [1, 1, 1, 2, 2, 2]
    # quantiles 1/3 and 2/3, type 7: 2.4667 and 5.8
    assert cut(x, "q3").tolist() == [1, 1, 2, 2, 3, 3]
    # nclass.Sturges(1:100) is 8, nclass.scott and nclass.FD of it 5
    assert cut(np.arange(1, 101), "sturges").max() == 8
    assert cut(np.arange(1, 101), "scott").max() == 5
    assert cut(np.arange(1, 101), "fd").max() == 5


@pytest.mark.parametrize(
    ("cutpoints", "message"),
    [
        ({"weight": 3}, "'weight' is no covariate"),
        ({"sex": 3}, "sex is not numeric"),
        ("many", "'many' is neither"),
        ("q0", "'q0' is neither"),
        (-1, "-1 is not a number of bins"),
        (2.5, "2.5 is not a number of bins"),
    ],
)
def test_cutpoints_that_cannot_be_are_named(cutpoints, message):
    frame = pd.DataFrame({"age": [1.0, 2, 3], "sex": list("mfm"), "arm": [1, 0, 0]})
    with pytest.raises(ValueError, match=message):
        coarsened_strata(["age", "sex"], "arm", data=frame, cutpoints=cutpoints)


def test_a_stratum_without_an_arm_is_none():
    frame = pd.DataFrame({"sex": list("fmmmx"), "arm": [0, 1, 0, 0, 1]})
    assert coarsened_strata(["sex"], "arm", data=frame).tolist() == [-1, 0, 0, 0, -1]


def test_a_subclass_without_an_arm_takes_the_nearest():
    # bounds 1, 5.5 and 10: both controls are below
    score, treated = [1.0, 10.0, 2.0, 3.0], [1, 1, 0, 0]
    assert match_subclass(score, treated, 2).tolist() == [0, 1, 0, 1]
    assert match_subclass(score, treated, 2, at_least=0).tolist() == [0, -1, 0, 0]
    with pytest.raises(ValueError, match="need 4 treated subjects, not 2"):
        match_subclass(score, treated, 2, at_least=2)
    with pytest.raises(ValueError, match="subclasses: 1"):
        match_subclass(score, treated, 1)
