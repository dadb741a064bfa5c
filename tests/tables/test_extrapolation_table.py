"""Extrapolated survival as tables: R's breast cancer patients as one group."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.extrapolation import (
    curve_table,
    extrapolation_table,
    parameter_table,
)

GOLDEN = Path(__file__).parents[1] / "golden"
PATIENTS = pd.read_csv(GOLDEN / "data" / "gbsg.csv")
PLAN = {
    "analysis_id": "a",
    "endpoint": "OS",
    "comparison_set": "arms",
    "distributions": "weibull|gompertz|spline_1",
    "horizon_days": 3650,
    "why": "",
}


def members(**changed: object) -> pd.DataFrame:
    """Return the patients as treated, and ten of them as controls."""
    rows = pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "comparison_set": "arms",
            "subgroup": None,
            "position": 2,
            "group_name": "treated",
            "set_id": [f"a-{i:05d}" for i in range(len(PATIENTS))],
            "usubjid": [f"S-{i:04d}" for i in range(len(PATIENTS))],
            "arm": "treated",
            "weight": 1.0,
            "days": PATIENTS["rfstime"],
            "is_event": PATIENTS["status"] == 1,
        }
    )
    few = rows.head(10).assign(group_name="control", arm="control", position=1)
    other = rows.assign(comparison_set="doses", group_name="many")
    return pd.concat([rows, few, other]).assign(**changed)


def table(rule: str = "window_91", plan: dict | None = None, **changed: object):
    plans = pd.DataFrame([PLAN | (plan or {})])
    return extrapolation_table(members(**changed), plans, {"a": rule})


@pytest.fixture(scope="module")
def fits() -> pd.DataFrame:
    return table()


def wanted(distribution: str) -> pd.Series:
    golden = pd.read_csv(GOLDEN / "extrapolation.csv").set_index(
        ["data", "distribution", "name"]
    )
    return golden["value"].sort_index().loc["gbsg", distribution]


def test_each_group_of_the_set_has_each_distribution_once(fits):
    keys = ["group_name", "distribution"]
    assert sorted(fits[keys].itertuples(index=False, name=None)) == sorted(
        (group, name)
        for group in ("control", "treated")
        for name in ("weibull", "gompertz", "spline_1")
    )
    assert set(fits["comparison_set"]) == {"arms"}


def test_fits_in_days_are_those_of_r_in_years(fits):
    """Days are 365 times as long: each death takes log 365 from the log likelihood."""
    weibull = fits.set_index(["group_name", "distribution"]).loc["treated", "weibull"]
    golden = wanted("weibull")
    parameters = json.loads(weibull["parameters"])["estimate"]
    assert parameters["shape"] == pytest.approx(golden["shape"], rel=1e-6)
    assert parameters["scale"] == pytest.approx(365 * golden["scale"], rel=1e-6)
    deaths = PATIENTS["status"].sum()
    moved = golden["log_likelihood"] - deaths * np.log(365)
    assert weibull["log_likelihood"] == pytest.approx(moved, abs=1e-6)
    assert weibull["aic"] == pytest.approx(4 - 2 * moved, abs=1e-5)
    assert weibull["n_events"] == deaths == 299


def test_the_share_beyond_follow_up_and_the_statement(fits):
    """Exponential tails: of the Weibull of R the area to the last day is known."""
    weibull = fits.set_index(["group_name", "distribution"]).loc["treated", "weibull"]
    assert weibull["last_day"] == PATIENTS["rfstime"].max() == 2659
    days = np.arange(2660)
    golden = wanted("weibull")
    survival = np.exp(-((days / (365 * golden["scale"])) ** golden["shape"]))
    within = np.trapezoid(survival, days)
    share = 1 - within / weibull["mean_days"]
    assert weibull["share_beyond_follow_up"] == pytest.approx(share, abs=1e-5)
    assert weibull["statement"] == (
        "extrapolated beyond day 2,659, the last of follow-up: "
        f"{share:.0%} of the mean lies there"
    )


def test_who_comes_late_is_conditioned_on_in_days():
    """flexsurv's tests: those of more than two years, seen from year 1.9 on."""
    late = members().query("days > 730 and comparison_set == 'arms'")
    late = late[late["arm"] == "treated"].assign(entry_days=1.9 * 365)
    plans = pd.DataFrame([PLAN | {"distributions": "weibull"}])
    (row,) = extrapolation_table(late, plans, {"a": "window_91"}).to_dict("records")
    moved = -400.3556493114977 - late["is_event"].sum() * np.log(365)
    assert row["log_likelihood"] == pytest.approx(moved, abs=1e-4)


def test_ranks_by_aic_are_of_the_group(fits):
    for _, rows in fits.groupby("group_name"):
        ordered = rows.sort_values("aic")
        assert ordered["aic_rank"].tolist() == [1, 2, 3]
    first = fits[(fits["group_name"] == "treated") & (fits["aic_rank"] == 1)]
    assert first["distribution"].tolist() == ["spline_1"]


def test_parameters_and_knots_have_a_row_each(fits):
    rows = parameter_table(fits).set_index(["group_name", "distribution", "parameter"])
    golden = wanted("spline_1")
    own = rows.loc["treated", "spline_1"]
    assert own.index.tolist() == [
        "gamma0",
        "gamma1",
        "gamma2",
        *map("knot{}".format, range(3)),
    ]
    # the spline of log time in years, moved to days
    for name in ("gamma1", "gamma2"):
        assert own.loc[name, "estimate"] == pytest.approx(golden[name], rel=3e-5)
    moved = golden["gamma0"] - golden["gamma1"] * np.log(365)
    assert own.loc["gamma0", "estimate"] == pytest.approx(moved, rel=3e-5)
    events = PATIENTS.loc[PATIENTS["status"] == 1, "rfstime"]
    assert own.loc["knot0", "estimate"] == pytest.approx(events.min())
    assert own.loc["knot2", "estimate"] == pytest.approx(events.max())
    assert own.loc["knot0":"knot2", "se"].isna().all()


def test_curves_begin_at_one_and_say_where_follow_up_ends(fits):
    curves = curve_table(fits)
    own = curves[
        (curves["group_name"] == "treated") & (curves["distribution"] == "weibull")
    ].sort_values("day")
    assert own["survival"].iloc[0] == 1
    assert own["survival"].is_monotonic_decreasing
    assert own["day"].iloc[-1] == 3650
    beyond = own.loc[own["is_beyond_follow_up"], "day"]
    assert beyond.min() > 2659
    assert own.loc[~own["is_beyond_follow_up"], "day"].max() <= 2659
    golden = wanted("weibull")
    at = own["day"].to_numpy(float) / 365
    survival = np.exp(-((at / golden["scale"]) ** golden["shape"]))
    assert own["survival"].to_numpy(float) == pytest.approx(survival, abs=1e-5)


def test_as_recorded_is_said_to_be_continued():
    rows = table("as_recorded", {"distributions": "gompertz"})
    assert rows["note"].str.contains("extrapolation continues that difference").all()


def test_weights_have_means_and_no_errors():
    rows = table(plan={"distributions": "weibull"}, weight=0.5)
    assert rows["mean_days"].notna().all()
    assert rows[["mean_se", "aic", "aic_rank"]].isna().all(axis=None)
    assert rows["note"].str.contains("weighted").all()


def test_what_cannot_be_fitted_says_why_and_nothing_asked_is_nothing():
    rows = table(plan={"distributions": "weibull|spline_3"}, is_event=False)
    assert rows["note"].eq("not fitted: event: no subject has an event").all()
    assert parameter_table(rows).empty
    assert curve_table(rows).empty
    assert table(plan={"endpoint": "OTHER"}).empty
