"""Curves and restricted means with delayed entry, as R's survfit has them."""

import numpy as np
import pytest

from counterarm.survival import kaplan_meier, median, rmst

# therneau/survival, tests/survtest.R, worked by hand there; standard errors, limits and
# restricted mean to day 12 by R 4.2.2, survival 3.5-3
ENTRY, TIME = [1, 2, 5, 2, 1, 7, 3, 4, 8, 8], [2, 3, 6, 7, 8, 9, 9, 9, 14, 17]
EVENT = [1] * 7 + [0] * 3


def test_the_curve_is_that_of_survfit():
    curve = kaplan_meier(TIME, EVENT, entry=ENTRY)
    assert curve.time.tolist() == [2, 3, 6, 7, 8, 9, 14, 17]
    assert curve.n_risk.tolist() == [2, 3, 5, 4, 4, 5, 2, 1]
    np.testing.assert_allclose(
        curve.survival[:6], [1 / 2, 1 / 3, 4 / 15, 1 / 5, 3 / 20, 9 / 100]
    )
    # R's std.err is that of log S
    np.testing.assert_allclose(
        (curve.std_err / curve.survival)[[0, 4, 5]],
        [0.707106781, 0.939858145, 1.008298897],
        rtol=1e-8,
    )
    np.testing.assert_allclose(curve.ci_high[[3, 4, 5]], [1, 0.946454984, 0.649393724])
    half = median(curve)
    assert (half.estimate, half.ci_low) == (2.5, 2) and np.isnan(half.ci_high)


def test_the_restricted_mean_is_that_of_survmean():
    found = rmst(TIME, EVENT, 12, entry=ENTRY)
    assert found.estimate == pytest.approx(4.386666667)
    assert found.std_err == pytest.approx(1.880718736)


def test_entry_of_all_at_the_start_changes_nothing():
    late = kaplan_meier(TIME, EVENT, entry=np.zeros(10))
    plain = kaplan_meier(TIME, EVENT)
    np.testing.assert_array_equal(late.survival, plain.survival)
    np.testing.assert_array_equal(late.n_risk, plain.n_risk)
    own = {"weights": np.arange(1, 11) / 3, "cluster": np.arange(10) // 2}
    late = kaplan_meier(TIME, EVENT, entry=np.zeros(10), **own)
    np.testing.assert_array_equal(
        late.std_err, kaplan_meier(TIME, EVENT, **own).std_err
    )


def test_the_robust_standard_error_of_clusters_is_that_of_survfit():
    # survfit(Surv(entry, time, event) ~ 1, id = 1:10, cluster = pair)
    pair = np.arange(10) // 2
    curve = kaplan_meier(TIME, EVENT, entry=ENTRY, cluster=pair)
    np.testing.assert_allclose(
        curve.std_err[1:6],
        [0.3600411499, 0.2943417012, 0.2416609195, 0.1734935157, 0.0961873173],
        rtol=1e-8,
    )
    found = rmst(TIME, EVENT, 12, entry=ENTRY, cluster=pair)
    assert found.std_err == pytest.approx(2.36128257678)
    # each row by itself: not Greenwood's, as late rows do not share earlier deaths
    alone = kaplan_meier(TIME, EVENT, entry=ENTRY, cluster=np.arange(10))
    np.testing.assert_allclose(
        alone.std_err[[1, 2, 4, 5]],
        [0.3042903097, 0.2621845547, 0.1346291202, 0.0842674314],
        rtol=1e-8,
    )


def test_a_curve_at_0_stays_there_whoever_enters_later():
    # survfit of weights 1, 1.5, 2, 1, id and cluster 1:4
    curve = kaplan_meier(
        [1, 2, 5, 6], [1, 1, 1, 0], entry=[0, 0, 3, 3], weights=[1, 1.5, 2, 1]
    )
    assert curve.n_risk_weighted.tolist() == [2.5, 1.5, 3, 1]
    assert curve.survival.tolist() == [0.6, 0, 0, 0]
    np.testing.assert_allclose(curve.std_err, [0.3394113, 0, 0, 0], rtol=1e-6)


def test_all_who_are_at_risk_die_at_a_hazard_of_1():
    """What is left of a large sum of weights is the first weight but for rounding."""
    n = 1000
    time = np.append(np.arange(n) + 2.0, 1.0)
    entry = np.append(np.full(n, 1.0), 0.0)
    weights = np.append(np.full(n, 1e6 / 3), 0.1)
    curve = kaplan_meier(time, np.ones(n + 1), entry=entry, weights=weights)
    assert curve.survival[0] == 0


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="entry: not before time in 1 rows"):
        kaplan_meier([2, 3], [1, 1], entry=[0, 3])
