"""Censoring weights: ten subjects by hand, and lung against R."""

import math

import numpy as np
import pytest

from counterarm.survival import fit_cox
from counterarm.trust.censoring_weights import (
    censoring_weights,
    fit_weighted_cox,
    truncate,
    uncensored_before,
)

TIME = np.array([3, 5, 5, 8, 9, 2, 4, 6, 7, 9.0])
EVENT = np.array([1, 0, 1, 0, 1, 0, 1, 0, 1, 1])
GROUP = np.repeat([0, 1], 5)


def test_weights_of_ten_subjects_are_the_golden_ones(golden):
    for row in golden("ipcw.json")["ten"]["weights"]:
        own = row["group"] == GROUP
        overall = uncensored_before([row["time"]], TIME, EVENT)[0]
        within = uncensored_before([row["time"]], TIME[own], EVENT[own])[0]
        assert overall == pytest.approx(row["g_overall"], abs=1e-9)
        assert within == pytest.approx(row["g_group"], abs=1e-9)
        assert overall / within == pytest.approx(row["weight"], abs=1e-9)


def test_weighted_cox_of_ten_subjects_is_the_golden_one(golden):
    wanted = golden("ipcw.json")["ten"]
    ends = np.unique(TIME[EVENT == 1])
    rows = []
    for i, time in enumerate(TIME):
        own = GROUP[i] == GROUP
        stops = np.unique([*ends[ends <= time], time])
        within = uncensored_before(stops, TIME[own], EVENT[own])
        weight = uncensored_before(stops, TIME, EVENT) / within
        starts = [0, *stops[:-1]]
        died = (stops == time) & (EVENT[i] == 1)
        rows += [(i, *row) for row in zip(starts, stops, died, weight, strict=True)]
    subject, start, stop, died, weight = np.array(rows, float).T
    fit = fit_cox(
        stop,
        died,
        GROUP[subject.astype(int)][:, None],
        names=["group"],
        entry=start,
        weights=weight,
        cluster=subject,
    )
    assert fit.coef[0] == pytest.approx(wanted["coef"], abs=1e-7)
    assert fit.robust_se[0] == pytest.approx(wanted["robust_se"], abs=1e-7)


@pytest.fixture(scope="module")
def lung(golden):
    rows = golden("lung_ipcw.csv")
    names = ["age", "ecog", "wt"]
    weights = censoring_weights(
        rows["time"], rows["died"], rows["treated"], rows[names], names=names
    )
    return rows, weights, golden("ipcw.json")["lung"]


def test_lung_has_the_golden_models_and_weights(lung):
    _, found, wanted = lung
    assert len(found.row) == wanted["rows"]
    assert found.denominator == pytest.approx(wanted["denominator"], abs=1e-7)
    assert found.numerator == pytest.approx(wanted["numerator"], abs=1e-7)
    summary = found.summary()
    for key in ("mean", "min", "max"):
        assert summary[key] == pytest.approx(wanted[f"weight_{key}"], abs=1e-7)
    assert summary["p99"] == pytest.approx(wanted["p99"], abs=1e-7)
    assert (found.weight[found.month == 1] == 1).all()


def test_weighted_cox_of_lung_is_the_golden_one(lung):
    rows, weights, wanted = lung
    fit = fit_weighted_cox(weights, rows[["treated"]], names=["treated"])
    assert fit.coef[0] == pytest.approx(wanted["coef"], abs=1e-7)
    assert fit.robust_se[0] == pytest.approx(wanted["robust_se"], abs=1e-7)
    assert fit.n_clusters == wanted["n"]
    plain = fit_cox(rows["time"], rows["died"], rows[["treated"]], names=["treated"])
    assert plain.coef[0] == pytest.approx(wanted["unweighted"], abs=1e-7)


def test_truncation_cuts_at_the_first_and_last_percent(lung):
    _, weights, _ = lung
    cut = truncate(weights)
    low, high = cut.truncated_at
    assert (cut.weight.min(), cut.weight.max()) == (low, high)
    assert (cut.weight < weights.weight).sum() == pytest.approx(23, abs=1)
    assert weights.truncated_at is None


def test_sets_are_the_clusters_of_a_matched_analysis(lung):
    rows, weights, _ = lung
    sets = np.arange(len(rows)) // 2
    fit = fit_weighted_cox(weights, rows[["treated"]], names=["treated"], cluster=sets)
    assert fit.n_clusters == len(set(sets))


def test_months_of_a_subject_end_with_the_event():
    x = np.array([[0.0], [1], [0], [1], [1], [0]])
    arguments = ([61, 30, 90, 30, 45, 70], [1, 0, 0, 1, 1, 0], [1, 0, 1, 1, 0, 0], x)
    found = censoring_weights(*arguments, names=["x"])
    own = found.row == 0
    assert found.month[own].tolist() == [1, 2, 3]
    assert found.stop[own].tolist() == pytest.approx([365 / 12, 365 / 6, 61])
    assert found.event[own].tolist() == [0, 0, 1]


def test_nobody_censored_leaves_all_weights_at_1():
    found = censoring_weights([40, 50], [1, 1], [1, 0], [[1.0], [2.0]], names=["x"])
    assert (found.weight == 1).all()
    assert "nobody is censored" in found.note


def test_a_covariate_that_separates_has_a_note_and_no_weights():
    time = np.tile([20.0, 40, 70, 100], 10)
    x = np.repeat([0.0, 1.0], 20)
    treated = np.tile([0, 1], 20)
    found = censoring_weights(time, 1 - x, treated, x[:, None], names=["slope"])
    assert "no censoring weights" in found.note
    assert "slope" in found.note
    assert len(found.weight) == 0
    assert math.isnan(found.summary()["mean"])
    with pytest.raises(ValueError, match="no censoring weights"):
        fit_weighted_cox(truncate(found), treated[:, None], names=["treated"])


def test_who_is_certain_to_be_censored_has_a_note_and_no_weights():
    rng = np.random.default_rng(3)
    x = np.append(rng.normal(size=300), 40.0)  # one of 40 standard deviations
    gone = rng.exponential(90 * np.exp(-x))
    died = rng.exponential(120, len(x))
    leaves = (gone < died).astype(float)
    time = np.minimum(gone, died) + 1
    treated = np.arange(len(x)) % 2
    found = censoring_weights(time, 1 - leaves, treated, x[:, None], names=["x"])
    assert "certain to be censored" in found.note
    assert len(found.weight) == 0
    assert len(found.row) > 0


@pytest.mark.parametrize(
    ("time", "x", "word"),
    [([0, 5], [[1.0], [2.0]], "time"), ([4, 5], [[1.0], [math.nan]], "covariates")],
)
def test_bad_input_names_the_argument(time, x, word):
    with pytest.raises(ValueError, match=word):
        censoring_weights(time, [0, 1], [0, 1], x, names=["x"])
