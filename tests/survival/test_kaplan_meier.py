import lifelines
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterarm.survival import kaplan_meier, median, with_conf_type

FIXED = settings(derandomize=True, deadline=None, max_examples=60)
SUBJECTS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 1)), min_size=1, max_size=40
)


def test_curve_and_log_band_equal_survfit(sample):
    golden = sample.answers["km_log"]
    strata = np.array(golden["strata"])
    for value, time, event in sample.arms():
        mine = strata == f"{sample.names[0]}={value}"
        curve = kaplan_meier(time, event)
        for ours, theirs in {
            "time": "time",
            "n_risk": "n_risk",
            "n_event": "n_event",
            "survival": "surv",
            "std_err": "se",
            "ci_low": "lower",
            "ci_high": "upper",
        }.items():
            expected = np.array(golden[theirs], dtype=float)[mine]
            # R lists the times with an event only; None of the file is NaN
            kept = np.isin(curve.time, np.array(golden["time"])[mine])
            np.testing.assert_allclose(
                getattr(curve, ours)[kept], expected, rtol=1e-6, err_msg=ours
            )


@pytest.mark.parametrize(
    ("conf_type", "key"),
    [("log", "median_log"), ("log-log", "median_loglog"), ("plain", "median_plain")],
)
def test_median_and_its_limits_equal_r_under_every_band(sample, conf_type, key):
    golden = sample.answers[key]
    for i, (_, time, event) in enumerate(sample.arms()):
        curve = kaplan_meier(time, event)
        found = median(with_conf_type(curve, conf_type))
        expected = [golden["median"][i], golden["lower"][i], golden["upper"][i]]
        np.testing.assert_allclose(
            [found.estimate, found.ci_low, found.ci_high],
            np.array(expected, dtype=float),
            rtol=1e-6,
        )
        assert found.conf_type == conf_type
        assert len(time) == golden["records"][i]
        assert event.sum() == golden["events"][i]


def test_curve_of_five_subjects_is_the_one_worked_by_hand():
    # deaths at 2 (of 5) and 4 (of 3); censored at 2 and 6, twice
    curve = kaplan_meier([2, 2, 4, 6, 6], [1, 0, 1, 0, 0])
    np.testing.assert_array_equal(curve.time, [2, 4, 6])
    np.testing.assert_array_equal(curve.n_risk, [5, 3, 2])
    np.testing.assert_array_equal(curve.n_event, [1, 1, 0])
    np.testing.assert_array_equal(curve.n_censored, [1, 0, 2])
    np.testing.assert_allclose(curve.survival, [4 / 5, 8 / 15, 8 / 15])
    greenwood = 1 / 20 + 1 / 6
    np.testing.assert_allclose(curve.std_err[1:], 8 / 15 * np.sqrt(greenwood))


def test_band_is_missing_where_the_curve_is_zero_as_in_r():
    for conf_type in ("log", "log-log", "plain"):
        curve = kaplan_meier([1, 2], [1, 1], conf_type=conf_type)
        assert np.isnan([curve.std_err[1], curve.ci_low[1], curve.ci_high[1]]).all()
        assert np.isfinite([curve.std_err[0], curve.ci_low[0]]).all()


def test_band_before_the_first_event_is_one_except_on_the_log_log_scale():
    time, event = [1, 2, 3], [0, 1, 0]
    for conf_type in ("log", "plain"):
        curve = kaplan_meier(time, event, conf_type=conf_type)
        assert curve.ci_low[0] == curve.ci_high[0] == 1
    assert np.isnan(kaplan_meier(time, event, conf_type="log-log").ci_low[0])


def test_log_log_band_equals_lifelines(lung):
    fitter = lifelines.KaplanMeierFitter().fit(lung.time, lung.event)
    band = fitter.confidence_interval_.to_numpy()[1:]
    curve = kaplan_meier(lung.time, lung.event, conf_type="log-log")
    np.testing.assert_allclose(curve.ci_low, band[:, 0], rtol=1e-10)
    np.testing.assert_allclose(curve.ci_high, band[:, 1], rtol=1e-10)


def test_median_is_the_midpoint_to_the_next_drop_where_the_curve_is_one_half():
    assert median(kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])).estimate == 2.5
    # the censoring at 3 is not a drop
    assert median(kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1])).estimate == 3


def test_a_half_that_rounding_missed_still_counts_as_a_half():
    # R's own example: the product for 1:100 gives 0.5 + 1.1e-16 at 50
    assert median(kaplan_meier(np.arange(1, 101), np.ones(100))).estimate == 50.5


def test_median_is_missing_when_the_curve_stays_above_one_half():
    found = median(kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0]))
    assert np.isnan([found.estimate, found.ci_high]).all()


def test_curve_that_ends_at_one_half_has_its_median_there():
    # R's summary table; quantile(survfit) would give 3
    assert median(kaplan_meier([1, 2, 4, 4], [1, 1, 0, 0])).estimate == 2


@pytest.mark.parametrize(
    ("time", "event", "options", "message"),
    [
        ([1, np.nan], [1, 0], {}, "time: 1 missing"),
        ([1, None], [1, 0], {}, "time: 1 missing"),
        ([1, np.inf], [1, 0], {}, "time: infinite"),
        ([1, 2], [1, 2], {}, "event: only 0"),
        ([1, 2], [1], {}, "event: 1 values for 2 rows"),
        ([], [], {}, "time: no rows"),
        ([1], [1], {"conf_type": "logit"}, "conf_type: 'logit'"),
        ([1], [1], {"conf_level": 95}, "conf_level: 95"),
    ],
)
def test_unusable_input_is_refused_by_name(time, event, options, message):
    with pytest.raises(ValueError, match=message):
        kaplan_meier(time, event, **options)


@FIXED
@given(st.lists(st.integers(0, 20), min_size=1, max_size=40))
def test_without_censoring_the_curve_is_the_share_still_alive(times):
    curve = kaplan_meier(times, np.ones(len(times)))
    alive = [np.mean(np.array(times) > t) for t in curve.time]
    np.testing.assert_allclose(curve.survival, alive, atol=1e-12)
    n = len(times)
    binomial = np.sqrt(np.array(alive) * (1 - np.array(alive)) / n)
    np.testing.assert_allclose(curve.std_err[:-1], binomial[:-1], atol=1e-12)


@FIXED
@given(SUBJECTS)
def test_every_subject_is_counted_once_and_the_band_holds_the_curve(subjects):
    time, event = np.array(subjects).T
    for conf_type in ("log", "log-log", "plain"):
        curve = kaplan_meier(time, event, conf_type=conf_type)
        assert curve.n_event.sum() == event.sum()
        assert curve.n_censored.sum() == len(event) - event.sum()
        assert (np.diff(curve.survival) <= 0).all()
        known = ~np.isnan(curve.ci_low)
        assert (curve.ci_low[known] <= curve.survival[known] + 1e-12).all()
        assert (curve.ci_high[known] >= curve.survival[known] - 1e-12).all()
        assert (curve.ci_low[known] >= 0).all()
        assert (curve.ci_high[known] <= 1).all()


@FIXED
@given(SUBJECTS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(subjects, random):
    shuffled = list(subjects)
    random.shuffle(shuffled)
    first = kaplan_meier(*np.array(subjects).T)
    second = kaplan_meier(*np.array(shuffled).T)
    np.testing.assert_array_equal(first.survival, second.survival)
    np.testing.assert_array_equal(first.ci_low, second.ci_low)
