"""The vectorised partial likelihood against sums written out event by event."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterarm.survival._risk_sets import (
    build_risk_sets,
    information,
    partial_likelihood,
    score_residuals,
    segment_cumsum,
)


def written_out(time, event, X, beta, entry, stratum, weight, efron):
    """Log likelihood, score, information and score residuals, by their definition."""
    n, p = X.shape
    risk = np.exp(X @ beta)
    log_likelihood, score, matrix = 0.0, np.zeros(p), np.zeros((p, p))
    residuals = np.zeros((n, p))
    for s, t in sorted({(stratum[i], time[i]) for i in np.flatnonzero(event)}):
        at_risk = (stratum == s) & (entry < t) & (time >= t)
        dead = at_risk & (time == t) & event
        d = dead.sum()
        mean_weight = weight[dead].sum() / d
        log_likelihood += (weight[dead] * (X[dead] @ beta)).sum()
        for k in range(d):
            present = at_risk - (k / d if efron else 0) * dead
            share = present * weight * risk
            total = share.sum()
            mean = share @ X / total
            log_likelihood -= mean_weight * np.log(total)
            score += (weight[dead] @ X[dead]) / d - mean_weight * mean
            centred = X - mean
            matrix += mean_weight * (centred.T * share) @ centred / total
            residuals[dead] += (X[dead] - mean) / d
            residuals -= (present * risk * mean_weight / total)[:, None] * centred
    return log_likelihood, score, matrix, residuals


def random_data(seed, n=30):
    rng = np.random.default_rng(seed)
    entry = rng.integers(0, 5, n).astype(float)
    time = entry + rng.integers(1, 6, n)
    event = rng.random(n) < 0.6
    X = np.column_stack([rng.integers(0, 2, n), rng.normal(size=n)])
    return time, event, X, entry, rng.integers(0, 3, n), rng.uniform(0.3, 3, n)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("efron", [True, False])
def test_ties_strata_entry_and_weights_together_follow_the_definition(seed, efron):
    time, event, X, entry, stratum, weight = random_data(seed)
    beta = np.array([0.6, -0.9])
    sets = build_risk_sets(
        time, event, entry=entry, stratum=stratum, weight=weight, efron=efron
    )
    Z = sets.centred(X)
    at = partial_likelihood(sets, Z, beta)
    log_likelihood, score, matrix, residuals = written_out(
        time, event, X, beta, entry, stratum, weight, efron
    )
    assert at.log_likelihood == pytest.approx(log_likelihood, rel=1e-11)
    np.testing.assert_allclose(at.score, score, atol=1e-10)
    np.testing.assert_allclose(information(sets, Z, at), matrix, atol=1e-10)
    ours = np.zeros_like(X)
    ours[sets.rows] = score_residuals(sets, Z, at)
    np.testing.assert_allclose(ours, residuals, atol=1e-10)
    # the weighted residuals add up to the score
    if efron is False:
        np.testing.assert_allclose(weight @ ours, at.score, atol=1e-10)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.lists(st.integers(-9, 9), min_size=1), min_size=1))
def test_segment_sums_restart_in_both_ways_of_summing(segments):
    starts = np.cumsum([0, *map(len, segments[:-1])])
    values = np.concatenate(segments).astype(float)
    expected = np.concatenate([np.cumsum(s) for s in segments])
    np.testing.assert_array_equal(segment_cumsum(values, starts), expected)
    both = segment_cumsum(np.column_stack([values, -values]), starts)
    np.testing.assert_array_equal(both[:, 1], -expected)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("counterarm.survival._risk_sets.LOOP_LIMIT", 0)
        np.testing.assert_array_equal(segment_cumsum(values, starts), expected)
