import numpy as np
import pytest

from counterarm.survival import fit_cox, kaplan_meier, zph
from counterarm.survival._design import build_design
from counterarm.survival._risk_sets import information, partial_likelihood


@pytest.mark.parametrize("transform", ["km", "identity", "rank", "log"])
def test_every_row_equals_cox_zph(sample, transform):
    golden = sample.answers[f"zph_{transform}"]
    rows = zph(
        sample.time,
        sample.event,
        sample.covariates,
        names=sample.names,
        transform=transform,
    )
    assert [row.term for row in rows] == [*sample.names, "GLOBAL"]
    for row in rows:
        expected = golden[row.term]
        assert row.statistic == pytest.approx(expected["chisq"], rel=1e-6)
        assert row.p_value == pytest.approx(expected["p"], rel=1e-6)
        assert row.df == expected["df"]
        assert row.transform == transform


def test_default_transform_is_that_of_r(lung):
    rows = zph(lung.time, lung.event, lung.covariates, names=lung.names)
    assert rows[-1].statistic == pytest.approx(
        lung.answers["zph_km"]["GLOBAL"]["chisq"]
    )


def delayed_and_stratified(n=40, seed=11):
    rng = np.random.default_rng(seed)
    entry = rng.integers(0, 4, n).astype(float)
    time = entry + rng.integers(1, 9, n)
    event = rng.integers(0, 2, n)
    X = np.column_stack([rng.integers(0, 2, n), rng.normal(size=n)])
    return time, event, X, entry, rng.integers(0, 2, n), rng.uniform(0.5, 2, n)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("weighted", [False, True])
def test_global_test_is_the_score_test_of_a_term_that_changes_with_time(ties, weighted):
    # every row is cut at every event time, and x * t added as ordinary covariates
    time, event, X, entry, strata, weights = delayed_and_stratified()
    if not weighted:
        weights = np.ones(len(time))
    options = {"strata": strata, "weights": weights, "ties": ties}
    rows = zph(
        time, event, X, names=["a", "b"], entry=entry, transform="identity", **options
    )
    fit = fit_cox(time, event, X, names=["a", "b"], entry=entry, **options)

    ends = np.unique(time[event == 1])
    centre = time[event == 1].mean()
    pieces = []
    for i in range(len(time)):
        inside = ends[(ends > entry[i]) & (ends < time[i])]
        stops, starts = np.r_[inside, time[i]], np.r_[entry[i], inside]
        for start, stop in zip(starts, stops, strict=True):
            dies = event[i] and stop == time[i]
            x_by_time = X[i] * (stop - centre)
            pieces.append([start, stop, dies, strata[i], weights[i], *X[i], *x_by_time])
    start, stop, dies, stratum, weight, *columns = np.array(pieces).T
    design = build_design(
        stop,
        dies,
        np.column_stack(columns),
        names=["a", "b", "a_t", "b_t"],
        entry=start,
        strata=stratum,
        weights=weight,
        ties=ties,
    )
    beta = np.r_[fit.coef, 0, 0] * design.scale
    at = partial_likelihood(design.sets, design.Z, beta)
    matrix = information(design.sets, design.Z, at)
    np.testing.assert_allclose(at.score[:2], 0, atol=1e-8)
    expected = at.score @ np.linalg.solve(matrix, at.score)
    assert rows[-1].statistic == pytest.approx(expected, rel=1e-8)
    for j, row in enumerate(rows[:-1]):
        kept = [0, 1, 2 + j]
        score = np.r_[0, 0, at.score[2 + j]]
        single = score @ np.linalg.solve(matrix[np.ix_(kept, kept)], score)
        assert row.statistic == pytest.approx(single, rel=1e-8)


def test_km_transform_is_one_minus_the_curve_just_before(lung):
    curve = kaplan_meier(lung.time, lung.event)
    before = np.r_[1.0, curve.survival][np.searchsorted(curve.time, lung.time)]
    options = {"names": lung.names}
    km = zph(lung.time, lung.event, lung.covariates, **options)
    # only the order of the times enters the fit, so g may stand in for the times
    # wherever distinct event times have distinct g
    rescaled = zph(
        1 - before + 1e-7 * lung.time,
        lung.event,
        lung.covariates,
        transform="identity",
        **options,
    )
    for ours, theirs in zip(km, rescaled, strict=True):
        assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-3)


def test_units_of_time_do_not_matter(lung):
    for transform in ("km", "identity", "rank", "log"):
        days, months = (
            zph(
                lung.time / unit,
                lung.event,
                lung.covariates,
                names=lung.names,
                transform=transform,
            )
            for unit in (1, 365 / 12)
        )
        for one, other in zip(days, months, strict=True):
            assert one.statistic == pytest.approx(other.statistic, rel=1e-8)


def test_what_cannot_be_tested_is_refused():
    time, event, x = [1, 2, 3, 4, 5], [1, 1, 1, 0, 1], [0, 1, 0, 1, 1]
    with pytest.raises(ValueError, match="transform: 'sqrt'"):
        zph(time, event, x, names=["x"], transform="sqrt")
    with pytest.raises(ValueError, match="log of a time not above 0"):
        zph([0, 2, 3, 4, 5], event, x, names=["x"], transform="log")
    with pytest.raises(ValueError, match="x; coefficient may be infinite"):
        zph([1, 2, 3, 4], [1, 1, 1, 1], [1, 1, 0, 0], names=["x"])
    with pytest.raises(ValueError, match="identity of time is constant"):
        zph([2, 2, 2, 4], [1, 1, 0, 0], [1, 0, 1, 0], names=["x"], transform="identity")
