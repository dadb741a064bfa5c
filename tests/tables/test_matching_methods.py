"""Pairs by covariates, coarsened strata, subclasses and balancing weights by rows."""

import numpy as np
import pandas as pd
import pytest
from test_weighting_tables import plan, scored, subjects, terms

from counterarm.matching import energy_weights, match_nearest
from counterarm.tables.match_accounting import match_summary, unmatched_table
from counterarm.tables.matching import choose_pairs
from counterarm.tables.weighting import weigh_subjects

PEOPLE = subjects(
    "TTTCCCCC", age=[50, 60, 70, 51, 58, 66, 69, 90], sex=list("FMFMFMFM")
)
SCORES = scored(PEOPLE, [0.5, 0.6, 0.4, 0.5, 0.55, 0.2, 0.4, 0.1])
COVARIATES = terms(("age", "covariate"), ("sex", "covariate"))
NOBODY = pd.DataFrame(columns=["analysis_id", "usubjid"])


def weights_of(method: str, own: pd.DataFrame, people=PEOPLE, **changed) -> pd.Series:
    found = weigh_subjects(people, SCORES, plan(method, **changed), own)
    return found.set_index("usubjid")["weight"]


def reasons_of(method: str, own: pd.DataFrame, matched, people=PEOPLE) -> pd.Series:
    variables = pd.DataFrame({"variable": ["age", "sex"], "kind": ["numeric", "text"]})
    listed = unmatched_table(people, matched, SCORES, plan(method), own, variables)
    return listed.set_index("usubjid")["reason"]


def pairs_of(own: pd.DataFrame, **changed) -> list[tuple[str, str]]:
    found = choose_pairs(PEOPLE, SCORES, plan("nearest", **changed), own)
    return list(zip(found["treated_usubjid"], found["control_usubjid"], strict=True))


def test_pairs_by_covariates_are_those_of_the_library():
    found = pairs_of(COVARIATES, distance="scaled_euclidean", match_order="closest")
    expected = match_nearest(
        None,
        [1, 1, 1, 0, 0, 0, 0, 0],
        covariates=PEOPLE[["age", "sex"]],
        distance="scaled_euclidean",
        order="closest",
    )
    assert found == [
        (f"S-{t}", f"S-{c}")
        for t, c in zip(expected.treated_index, expected.control_index, strict=True)
    ]


def test_a_caliper_on_the_score_limits_pairs_by_covariates():
    own = terms(
        ("age", "covariate"), ("age", "score"), ("score", "caliper", None, 0.05, "raw")
    )
    found = pairs_of(own, distance="mahalanobis", match_order="data")
    assert found == [("S-0", "S-3"), ("S-1", "S-4"), ("S-2", "S-6")]


def test_a_negative_caliper_keeps_pairs_apart():
    own = terms(("age", "score"), ("age", "caliper", None, -5, "raw"))
    ages = PEOPLE.set_index("usubjid")["age"]
    found = pairs_of(own, tie_policy="matchit_4_7")
    assert len(found) == 3
    assert all(abs(ages[t] - ages[c]) > 5 for t, c in found)


def test_coarsened_strata_weigh_controls_by_their_treated():
    # from 50 to 90 in two bins: below 70, from 70 on; the latter holds S-2 and S-7
    own = terms(("age", "covariate")).assign(cutpoints="2")
    weights = weights_of("cem", own)
    assert weights["S-7"] == 1
    assert weights[["S-3", "S-4", "S-5", "S-6"]].tolist() == [0.5] * 4
    within = pd.concat([own, terms(("sex", "exact"))])
    # S-2 is F and S-7 M
    assert set(weights_of("cem", within).index) == {
        "S-0",
        "S-1",
        *["S-3", "S-4", "S-5", "S-6"],
    }
    matched = pd.DataFrame({"analysis_id": "a", "usubjid": list(weights.index[:2])})
    reasons = reasons_of("cem", within, matched)
    assert reasons["S-2"] == "the stratum has no subject of the other arm"
    assert reasons["S-7"] == "the stratum has no subject of the other arm"


def test_subclasses_use_everybody():
    weights = weights_of(
        "subclass", terms(("age", "score")), score_scale="probability", subclasses=2
    )
    # the treated have .4, .5, .6: the bound is .5
    assert len(weights) == 8
    assert weights["S-3"] == weights["S-4"] == 1
    assert weights["S-5"] == weights["S-6"] == weights["S-7"] == pytest.approx(1 / 3)


def test_entropy_weights_balance_what_the_terms_say():
    own = COVARIATES.assign(moments=[2, None])
    weights = weights_of("entropy", own)
    people = PEOPLE.set_index("usubjid")
    control = weights[[name for name in weights.index if name > "S-2"]]
    share = control / control.sum()
    age = people["age"].astype(float)
    assert (share * age).sum() == pytest.approx(60)
    assert (share * age**2).sum() == pytest.approx((50**2 + 60**2 + 70**2) / 3)
    assert (share * (people["sex"] == "F")).sum() == pytest.approx(2 / 3)


def test_entropy_weights_that_do_not_exist_are_a_reason():
    older = PEOPLE.assign(age=np.where(PEOPLE["arm"] == "treated", 95, PEOPLE["age"]))
    assert weights_of("entropy", COVARIATES, older).empty
    reasons = reasons_of("entropy", COVARIATES, NOBODY, older)
    assert len(reasons) == 8
    assert reasons["S-0"].startswith("no balancing weights: the means of the treated")
    assert reasons["S-0"].endswith("of age alone already")


def test_energy_weights_leave_out_whom_nobody_resembles():
    weights = weights_of("energy", COVARIATES)
    treated = (PEOPLE["arm"] == "treated").to_numpy()
    expected = energy_weights(PEOPLE[["age", "sex"]], treated)
    assert weights.tolist() == pytest.approx(expected[expected > 0].tolist())
    matched = pd.DataFrame({"analysis_id": "a", "usubjid": list(weights.index)})
    reasons = reasons_of("energy", COVARIATES, matched)
    assert set(reasons.index) == set(PEOPLE["usubjid"]) - set(weights.index)
    assert (reasons == "weight 0: others are more like the treated").all()


@pytest.mark.parametrize(
    ("method", "estimand", "population"),
    [
        ("entropy", "ATT", "eligible subjects, weighted"),
        ("energy", "ATT", "eligible subjects, weighted"),
        ("subclass", "ATT", "eligible subjects, weighted"),
        ("cem", "ATT of the matched treated", "matched subjects, weighted"),
    ],
)
def test_the_summary_says_who_is_compared(method, estimand, population):
    in_sample = PEOPLE[["analysis_id", "usubjid", "arm"]].assign(
        set_id=PEOPLE["usubjid"], weight=0.5
    )
    unmatched = pd.DataFrame(columns=["analysis_id", "usubjid", "arm", "reason"])
    summary = match_summary(PEOPLE, in_sample, unmatched, plan(method))
    assert set(summary["estimand"]) == {estimand}
    assert set(summary["population"]) == {population}
