"""Bounds of matched pairs: retinopathy, ten pairs on paper, and odd sets."""

import math
from fractions import Fraction

import numpy as np
import pytest

from counterarm.survival import log_rank
from counterarm.trust.rosenbaum import amplification, rosenbaum_bounds


@pytest.fixture(scope="module")
def bounds(golden):
    rows = golden("retinopathy_pairs.csv")
    wanted = golden("rosenbaum.json")["retinopathy"]
    columns = (rows[name] for name in ("pair", "treated", "time", "event"))
    return rosenbaum_bounds(*columns, gammas=wanted["gamma"]), wanted


def test_mcnemar_bounds_are_the_golden_ones(bounds):
    (found, _), wanted = bounds
    assert found.n_pairs == wanted["n_pairs"]
    assert found.n_control_first == wanted["control_first"]
    assert found.n_treated_first == wanted["treated_first"]
    assert found.p_upper == pytest.approx(wanted["p_upper"], rel=1e-9)
    assert found.gamma_at == pytest.approx(wanted["gamma_at_05"], abs=1e-8)


def test_prentice_wilcoxon_bounds_are_the_golden_ones(bounds):
    (_, found), wanted = bounds
    deviates = wanted["prentice_wilcoxon_deviate"]
    assert found.deviate == pytest.approx(deviates, abs=1e-8)
    z = wanted["prentice_wilcoxon_z"]
    assert found.deviate[0] == pytest.approx(z, abs=1e-8)
    assert found.p_upper == pytest.approx(wanted["prentice_wilcoxon_p"], rel=1e-8)
    gamma = wanted["prentice_wilcoxon_gamma_at_05"]
    assert found.gamma_at == pytest.approx(gamma, abs=1e-8)


def test_another_alpha_has_another_gamma(golden):
    rows = golden("retinopathy_pairs.csv")
    columns = (rows[name] for name in ("pair", "treated", "time", "event"))
    found, _ = rosenbaum_bounds(*columns, alpha=0.025)
    wanted = golden("rosenbaum.json")["retinopathy"]["gamma_at_025"]
    assert found.gamma_at == pytest.approx(wanted, abs=1e-8)


def test_informative_pairs_are_those_of_the_log_rank_test_by_pair(golden, bounds):
    rows = golden("retinopathy_pairs.csv")
    (found, _), wanted = bounds
    a, b = found.n_control_first, found.n_treated_first
    chi_square = (a - b) ** 2 / (a + b)
    assert chi_square == pytest.approx(wanted["mcnemar_chisq"], abs=1e-8)
    assert chi_square == pytest.approx(wanted["stratified_logrank_chisq"], abs=1e-8)
    test = log_rank(rows["time"], rows["event"], rows["treated"], strata=rows["pair"])
    assert test.statistic == pytest.approx(chi_square)


def pairs(treated, control):
    """Subjects of pairs, each (time, event)."""
    subjects = [*treated, *control]
    n = len(treated)
    ids = [f"p{i}" for i in range(n)] * 2
    return ids, [1] * n + [0] * n, *zip(*subjects, strict=True)


@pytest.mark.parametrize("gamma", [1, 2, 3, 4])
def test_ten_pairs_are_as_on_paper(golden, gamma):
    first, later = (1.0, 1), (2.0, 1)
    data = pairs([later] * 9 + [first], [first] * 9 + [later])
    found, _ = rosenbaum_bounds(*data, gammas=[gamma])
    wanted = golden("rosenbaum.json")["ten_pairs_nine_control_first"][str(gamma)]
    assert found.p_upper[0] == pytest.approx(float(Fraction(wanted["fraction"])))
    assert found.p_upper[0] == pytest.approx(wanted["p"], abs=1e-12)


def test_pairs_say_who_died_first_or_nothing():
    treated = [(5, 0), (3, 0), (4, 1), (4, 1), (2, 0), (6, 1)]
    control = [(5, 1), (5, 1), (4, 1), (4, 0), (2, 0), (6.0 + 1e-12, 1)]
    found, _ = rosenbaum_bounds(*pairs(treated, control))
    # only the first (censored on the day of the death) and the fourth are informative
    assert (found.n_control_first, found.n_treated_first) == (1, 1)


def test_a_finding_that_is_not_significant_has_no_gamma():
    found = rosenbaum_bounds(*pairs([(2, 1), (1, 1)], [(1, 1), (2, 1)]))
    assert all(math.isnan(each.gamma_at) for each in found)
    assert {each.note for each in found} == {"not significant without any bias"}


def test_pairs_that_are_all_alike_have_a_gamma_beyond_any_fixed_search():
    data = pairs([(2, 1)] * 400, [(1, 1)] * 400)
    found, _ = rosenbaum_bounds(*data)
    g = found.gamma_at
    assert g > 50
    assert (g / (1 + g)) ** 400 == pytest.approx(0.05)


def test_no_informative_pair_has_a_note():
    found, wilcoxon = rosenbaum_bounds(*pairs([(2, 0)], [(2, 0)]))
    assert found.note == "no informative pair"
    assert wilcoxon.note == "no pair differs"
    assert np.isnan(wilcoxon.p_upper).all()


@pytest.mark.parametrize(
    ("sets", "treated"),
    [
        (["a", "a", "a"], [1, 0, 0]),
        (["a", "a", "b"], [1, 0, 0]),
        (["a", "a", "b"], [1, 0, 1]),
        (["a", "a", "b", "b"], [1, 1, 0, 0]),
    ],
)
def test_sets_that_are_no_pairs_have_a_note_and_no_numbers(sets, treated):
    n = len(sets)
    for found in rosenbaum_bounds(sets, treated, range(1, n + 1), [1] * n):
        assert "not one treated and one control" in found.note
        assert np.isnan(found.p_upper).all()


def test_weights_have_a_note_and_no_numbers():
    data = pairs([(2, 1)], [(1, 1)])
    found, _ = rosenbaum_bounds(*data, weights=[1, 0.5])
    assert "weights" in found.note
    assert rosenbaum_bounds(*data, weights=[1, 1])[0].n_control_first == 1


def test_amplification_is_the_golden_one(golden):
    wanted = golden("rosenbaum.json")["amplification"]
    found = amplification(wanted["gamma"], wanted["lambda_"])
    assert found == pytest.approx(wanted["delta"], abs=1e-8)
    assert math.isnan(amplification(2, 2))
    assert math.isnan(amplification(math.nan, 2))


def test_gamma_below_one_and_alpha_of_a_half_are_refused():
    data = pairs([(2, 1)], [(1, 1)])
    with pytest.raises(ValueError, match="gammas"):
        rosenbaum_bounds(*data, gammas=[0.5])
    with pytest.raises(ValueError, match="alpha"):
        rosenbaum_bounds(*data, alpha=0.5)
