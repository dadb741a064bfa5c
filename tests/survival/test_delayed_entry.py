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


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="entry: not before time in 1 rows"):
        kaplan_meier([2, 3], [1, 1], entry=[0, 3])
    for options in ({"weights": [1, 2]}, {"cluster": [1, 1]}):
        with pytest.raises(ValueError, match="entry: not with weights or cluster"):
            kaplan_meier([2, 3], [1, 1], entry=[0, 0], **options)
        with pytest.raises(ValueError, match="entry: not with weights or cluster"):
            rmst([2, 3], [1, 1], 2, entry=[0, 0], **options)
