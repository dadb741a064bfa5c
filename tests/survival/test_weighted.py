"""Case weights, clusters and entry against R (tests/golden/survival_weighted.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from counterarm.survival import (
    difference,
    fit_cox,
    kaplan_meier,
    log_rank,
    median,
    ratio,
    rmst,
    rmst_influence,
    survival_influence,
    with_conf_type,
)

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    rows = pd.read_csv(GOLDEN / "survival_weighted.csv", comment="#")
    return {name: own["value"].to_numpy() for name, own in rows.groupby("name")}


@pytest.fixture(scope="module")
def lung(whole_lung) -> pd.DataFrame:
    """Lung with the synthetic weights, clusters and entries of the R script."""
    i = np.arange(1, len(whole_lung) + 1)
    early = (7 * i) % 60
    return whole_lung.assign(
        w=0.4 + (37 * i % 23) / 20,
        id=(i - 1) // 2,
        entry=np.where(early < whole_lung["time"], early, -1),
        untied=whole_lung["time"] + i / 1000,
    )


CURVES = {
    "weighted": {},
    "clustered": {"cluster": "id"},
    "entry": {"entry": "entry"},
    "entry_clustered": {"entry": "entry", "cluster": "id"},
    "loglog": {"conf_type": "log-log"},
}


@pytest.mark.parametrize(("name", "options"), CURVES.items())
def test_weighted_curve_and_robust_band_equal_survfit(lung, golden, name, options):
    curve = kaplan_meier("time", "event", data=lung, weights="w", **options)
    at = np.searchsorted(curve.time, [100, 365, 500, 883], side="right") - 1
    for ours, theirs in [
        (curve.survival, "survival"),
        (curve.std_err, "std_err"),
        (curve.ci_low, "lower"),
        (curve.ci_high, "upper"),
    ]:
        np.testing.assert_allclose(ours[at], golden[f"{name}.{theirs}"], rtol=1e-9)
    # R's table of n.risk counts at the day asked for, ours at the last distinct time
    next_at = np.searchsorted(curve.time, [100, 365, 500, 883])
    np.testing.assert_allclose(
        curve.n_risk_weighted[next_at], golden[f"{name}.n_risk"], rtol=1e-9
    )
    middle = median(curve)
    np.testing.assert_array_equal(
        [middle.estimate, middle.ci_low, middle.ci_high], golden[f"{name}.median"]
    )
    assert curve.variance == "robust"


@pytest.mark.parametrize(("name", "options"), CURVES.items())
def test_weighted_restricted_mean_equals_survfit(lung, golden, name, options):
    options = {key: own for key, own in options.items() if key != "conf_type"}
    found = rmst("time", "event", 500, data=lung, weights="w", **options)
    assert found.estimate == pytest.approx(golden[f"{name}.rmst"].item(), rel=1e-9)
    assert found.std_err == pytest.approx(golden[f"{name}.rmst_se"].item(), rel=1e-9)


def test_survival_on_no_day_is_refused(lung):
    """Every time is later than NaN, so that all seemed to be alive."""
    with pytest.raises(ValueError, match="day: nan is not a number of days"):
        survival_influence(lung["time"], lung["event"], np.nan)


@pytest.mark.parametrize("level", [95, 0, 1, np.nan])
def test_a_confidence_level_is_a_share(lung, level):
    curve = kaplan_meier(lung["time"], lung["event"])
    one = rmst_influence(lung["time"], lung["event"], 500)
    for call in (
        lambda: kaplan_meier(lung["time"], lung["event"], conf_level=level),
        lambda: with_conf_type(curve, "log", level),
        lambda: difference(one, one, conf_level=level),
        lambda: ratio(one, one, conf_level=level),
        lambda: fit_cox("time", "event", "sex", data=lung, conf_level=level),
    ):
        with pytest.raises(ValueError, match=f"conf_level: {level} is not between"):
            call()


@pytest.mark.parametrize(("name", "entry"), [("weighted", None), ("entry", "entry")])
def test_influence_on_survival_gives_the_robust_standard_error_of_r(
    lung, golden, name, entry
):
    found = survival_influence(
        "time", "event", 365, data=lung, weights="w", entry=entry
    )
    assert found.estimate == pytest.approx(golden[f"{name}.survival"][1], rel=1e-9)
    assert np.sqrt(np.sum(found.rows**2)) == pytest.approx(
        golden[f"{name}.survival_se_365"].item(), rel=1e-9
    )


@pytest.mark.parametrize(
    ("name", "group", "columns"),
    [
        ("rscore.sex", "sex", {"weights": "w"}),
        ("rscore.sex.cluster", "sex", {"weights": "w", "cluster": "id"}),
        ("rscore.sex.unweighted", "sex", {"cluster": "id"}),
        ("rscore.ecog", "ph.ecog", {"weights": "w"}),
        ("rscore.sex.strata", "sex", {"weights": "w", "strata": "inst"}),
        ("rscore.sex.entry", "sex", {"weights": "w", "entry": "entry"}),
    ],
)
def test_weighted_log_rank_is_the_robust_score_test_of_coxph(
    lung, golden, name, group, columns
):
    rows = lung.dropna(subset=[group, *columns.values()])
    found = log_rank("time", "event", group, data=rows, **columns)
    assert found.statistic == pytest.approx(golden[name].item(), rel=1e-9)
    assert "robust variance" in found.definition


@pytest.mark.parametrize(
    ("name", "group"), [("entry.sex.untied", "sex"), ("entry.ecog.untied", "ph.ecog")]
)
def test_delayed_entry_is_the_score_test_of_the_cox_model(lung, golden, name, group):
    rows = lung.dropna(subset=[group])
    found = log_rank(
        rows["untied"],
        rows["event"],
        rows[group].to_numpy(),
        entry=rows["entry"],
    )
    assert found.statistic == pytest.approx(golden[name].item(), rel=1e-9)
    assert "at risk from entry" in found.definition


def test_the_rho_family_equals_survdiff(lung, golden):
    rows = lung.dropna(subset=["ph.ecog"])
    ecog = log_rank("time", "event", "ph.ecog", data=rows, weighting=(0.5, 0))
    sex = log_rank("time", "event", "sex", data=lung, weighting=(2, 0))
    expected = golden["survdiff.rho_0.5.ecog"], golden["survdiff.rho_2.sex"]
    assert ecog.statistic == pytest.approx(expected[0].item(), rel=1e-9)
    assert sex.statistic == pytest.approx(expected[1].item(), rel=1e-9)


def test_robust_variance_of_equal_weights_is_greenwoods(sample):
    for _, time, event in sample.arms():
        plain = kaplan_meier(time, event)
        robust = kaplan_meier(time, event, weights=np.full(len(time), 0.25))
        np.testing.assert_allclose(robust.survival, plain.survival, rtol=1e-12)
        # where S is 0 R has NaN for Greenwood's and 0 for the robust one
        greenwood = np.where(plain.survival == 0, 0.0, plain.std_err)
        np.testing.assert_allclose(robust.std_err, greenwood, rtol=1e-9)
        tau = 0.8 * time.max()
        assert rmst(time, event, tau, weights=np.full(len(time), 3.0)).std_err == (
            pytest.approx(rmst(time, event, tau).std_err, rel=1e-9)
        )


def test_a_row_of_weight_2_and_two_rows_of_one_cluster_are_the_same():
    time, event = [1, 3, 4, 6, 7], [1, 1, 0, 1, 0]
    once = kaplan_meier(time, event, weights=[2, 1, 1, 1, 1])
    twice = kaplan_meier(
        [1, *time], [1, *event], cluster=["a", "a", "b", "c", "d", "e"]
    )
    np.testing.assert_allclose(twice.survival, once.survival)
    np.testing.assert_allclose(twice.std_err, once.std_err)
    assert twice.n_risk[0] == 6


def test_where_the_curve_ends_at_0_the_robust_limits_are_those_of_r():
    # R 4.2.2, survival 3.5-3: survfit(Surv(c(1, 2, 3), c(1, 0, 1)) ~ 1,
    # weights = c(.1, .2, .7), robust = TRUE, conf.type = ...)
    given = ([1, 2, 3], [1, 0, 1])
    log = kaplan_meier(*given, weights=[0.1, 0.2, 0.7])
    np.testing.assert_allclose(log.std_err, [0.1157584, 0.1157584, 0], rtol=1e-6)
    np.testing.assert_allclose(log.ci_low, [0.6994564, 0.6994564, np.nan], rtol=1e-6)
    plain = kaplan_meier(*given, weights=[0.1, 0.2, 0.7], conf_type="plain")
    np.testing.assert_allclose(plain.ci_low, [0.6731178, 0.6731178, 0], rtol=1e-6)
    np.testing.assert_allclose(plain.ci_high, [1, 1, 0])
    # the log curve with its band replaced has the same limits
    assert with_conf_type(log, "plain").ci_high.tolist() == [1, 1, 0]
    # five deaths and one censored: R's 0.95UCL is 552, of the log band missing
    given = ([5, 10, 20, 30, 552], [1, 1, 0, 1, 1])
    weights = [1, 2, 1, 1, 1.5]
    assert median(kaplan_meier(*given, weights=weights, conf_type="plain")).ci_high == (
        552
    )
    assert np.isnan(median(kaplan_meier(*given, weights=weights)).ci_high)


def test_influence_is_the_derivative_by_the_weight():
    rng = np.random.default_rng(1)
    time, event = rng.integers(1, 12, 30), rng.integers(0, 2, 30)
    weights = rng.uniform(0.5, 2, 30)
    step = 1e-6
    for estimate in (
        lambda w: rmst_influence(time, event, 9, weights=w),
        lambda w: survival_influence(time, event, 7, weights=w),
    ):
        found = estimate(weights)
        for i in range(30):
            moved = weights.copy()
            moved[i] += step
            slope = (estimate(moved).estimate - found.estimate) / step
            assert found.rows[i] == pytest.approx(weights[i] * slope, abs=1e-5)


def test_two_ways_of_clustering_take_their_intersection_off(lung):
    """Rows that are clusters of their own in one way leave the other way's variance."""
    columns = (lung["time"], lung["event"], lung["sex"])
    rows = np.arange(len(lung))
    one = log_rank(*columns, weights=lung["w"], cluster=lung["id"])
    two = log_rank(*columns, weights=lung["w"], cluster=(lung["id"], rows))
    np.testing.assert_allclose(two.variance, one.variance, rtol=1e-12)


@pytest.mark.parametrize("columns", [{}, {"strata": "inst"}, {"entry": "entry"}])
@pytest.mark.parametrize(
    "weighting", ["log_rank", "gehan_breslow", "tarone_ware", "peto_g_rho1", (0, 1)]
)
def test_influence_adds_up_to_observed_less_expected(lung, weighting, columns):
    """If all rows are one cluster its square is the variance."""
    rows = lung.dropna(subset=list(columns.values()))
    found = log_rank(
        rows["time"],
        rows["event"],
        rows["sex"],
        weights=rows["w"],
        weighting=weighting,
        cluster=np.zeros(len(rows), int),
        **{name: rows[column] for name, column in columns.items()},
    )
    difference = found.observed - found.expected
    np.testing.assert_allclose(found.variance, np.outer(difference, difference))
    assert abs(difference[0]) > 0.1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": [1, 1, 0, 1]}, "weights: all must be above 0"),
        ({"weights": [1, 1]}, "weights: 2 values for 4 rows"),
        ({"cluster": (["a"] * 4,) * 3}, "cluster: 3 ways"),
        ({"entry": [0, 0, 3, 0]}, "entry: not before time in 1 rows"),
    ],
)
def test_what_cannot_be_weighted_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        log_rank([1, 2, 3, 4], [1, 1, 0, 1], ["a", "b", "a", "b"], **options)
