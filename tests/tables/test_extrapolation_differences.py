"""Differences of extrapolated means: R's survreg, and exponential means by hand."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.extrapolation import AS_RECORDED
from counterarm.tables.extrapolation_differences import extrapolation_differences

GOLDEN = Path(__file__).parents[1] / "golden"
WANTED = pd.read_csv(GOLDEN / "extrapolation_differences.csv")
LUNG = pd.read_csv(GOLDEN / "data" / "lung.csv")
ROW = np.arange(len(LUNG))
PLAN = {
    "analysis_id": "a",
    "endpoint": "OS",
    "comparison_set": "arms",
    "distributions": "exponential|weibull|log_normal",
    "horizon_days": 3650,
}


def members(weighted: bool = False) -> pd.DataFrame:
    """Return the patients of lung: men as treated, women as controls, in pairs."""
    is_man = LUNG["sex"] == 1
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "comparison_set": "arms",
            "position": np.where(is_man, 2, 1),
            "group_name": np.where(is_man, "treated", "control"),
            "set_id": [f"a-{i // 2:05d}" for i in ROW],
            "usubjid": [f"S-{i:04d}" for i in ROW],
            "weight": 1 + (ROW % 3) / 2 if weighted else 1.0,
            "days": LUNG["time"],
            "is_event": LUNG["status"] == 2,
        }
    )


def table(rows: pd.DataFrame, rule: str = "window_91", **plan: object) -> pd.DataFrame:
    return extrapolation_differences(rows, pd.DataFrame([PLAN | plan]), {"a": rule})


@pytest.fixture(scope="module")
def found() -> dict[bool, pd.DataFrame]:
    keys = ["distribution", "measure", "variance"]
    return {w: table(members(w)).set_index(keys) for w in (False, True)}


@pytest.mark.parametrize(
    "golden", WANTED.to_dict("records"), ids=lambda g: f"{g['distribution']}"
)
def test_means_and_errors_are_those_of_r(found, golden):
    measure = {"mean": "mean_difference", "restricted": "restricted_mean_difference"}
    of = found[golden["weighted"]].loc[
        golden["distribution"], measure[golden["measure"]], :
    ]
    robust = of.loc["cluster"]
    assert robust["first_value"] == pytest.approx(golden["first"], rel=2e-6)
    assert robust["second_value"] == pytest.approx(golden["second"], rel=2e-6)
    apart = golden["first"] - golden["second"]
    assert robust["estimate"] == pytest.approx(apart, rel=1e-5)
    assert robust["se"] == pytest.approx(golden["se_cluster"], rel=2e-5)
    model = of.loc["naive"]
    if golden["weighted"]:
        assert pd.isna(model["se"])
        assert model["note"] == "weighted: no variance from the likelihood"
    else:
        assert model["se"] == pytest.approx(golden["se_model"], rel=2e-5)


def test_an_exponential_difference_by_hand():
    """Means 40 / 2 and 30 / 3 days; errors mean / sqrt(deaths), added as squares."""
    rows = pd.DataFrame(
        {
            **{key: PLAN[key] for key in ("analysis_id", "endpoint", "comparison_set")},
            "position": [2, 2, 1, 1, 1],
            "group_name": ["treated"] * 2 + ["control"] * 3,
            "set_id": [f"a-{i}" for i in range(5)],
            "usubjid": [f"S-{i}" for i in range(5)],
            "weight": 1.0,
            "days": [10, 30, 5, 10, 15],
            "is_event": True,
        }
    )
    of = table(rows, distributions="exponential", horizon_days=20)
    assert set(of["comparison"]) == {"treated vs control"}
    of = of.set_index(["measure", "variance"])
    row = of.loc[("mean_difference", "naive")]
    assert row["estimate"] == pytest.approx(20 - 10)
    error = math.sqrt(20**2 / 2 + 10**2 / 3)
    assert row["se"] == pytest.approx(error, rel=1e-6)
    assert row["ci_high"] == pytest.approx(10 + 1.959964 * error, rel=1e-6)
    # each row's share: its time less the mean, over the deaths
    robust = math.sqrt(2 * (10 / 2) ** 2 + (5 / 3) ** 2 + 0 + (5 / 3) ** 2)
    assert of.loc[("mean_difference", "cluster"), "se"] == pytest.approx(
        robust, rel=1e-6
    )
    until = 20 * -math.expm1(-1) - 10 * -math.expm1(-2)
    assert of.loc[("restricted_mean_difference", "naive"), "estimate"] == (
        pytest.approx(until)
    )
    assert set(of["last_common_day"]) == {15}
    within = 20 * -math.expm1(-15 / 20) - 10 * -math.expm1(-15 / 10)
    assert of["within_follow_up"].to_list() == pytest.approx([within] * 4)


def test_a_subject_in_several_sets_is_one_cluster():
    """Women twice, each time in another set: as weights of 2, not as twice as many."""
    once = members()
    women = once[once["group_name"] == "control"]
    again = women.assign(set_id=[f"b-{i}" for i in range(len(women))])
    alone = once.assign(set_id=once["usubjid"])
    twice = pd.concat([alone, again])
    keys = ["distribution", "measure"]
    se = [
        of[of["variance"] == "cluster"].set_index(keys)["se"]
        for of in (table(alone), table(twice))
    ]
    assert se[1].to_numpy(float) == pytest.approx(se[0].to_numpy(float), rel=1e-4)


def test_what_is_not_computed_says_why():
    dead = members()
    none = dead.assign(is_event=dead["is_event"] & (dead["group_name"] == "treated"))
    assert table(none)["note"].eq("not fitted: event: no subject has an event").all()
    heavy = table(members(), "as_recorded", distributions="log_logistic|gompertz")
    assert heavy["note"].str.contains(AS_RECORDED, regex=False).all()
    assert table(members(), endpoint="OTHER").empty
