"""Every subject against every other: golden pairs, and six subjects on paper."""

import math

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from counterarm.trust.joint_rank import joint_rank
from counterarm.trust.win_ratio import compare, matched_win_ratio, win_ratio

VISITS = ["change_3", "change_6", "change_9", "change_12"]


@pytest.fixture(scope="module", params=["last_common", "fixed_value"])
def pairs(request, golden):
    rows = golden("function_survival.csv")
    changes = rows[VISITS if request.param == "last_common" else ["value"]]
    found = compare(rows["time"], rows["event"], changes)
    return rows, found, golden("winratio.json")[request.param]


NAMES = {"low": "ci_low", "high": "ci_high", "p_exact": "p_value"}
RATIO = ("wins", "losses", "ties", "win_ratio", "low", "high")


def test_unmatched_win_ratio_is_the_golden_one(pairs):
    rows, comparisons, wanted = pairs
    found = win_ratio(comparisons, rows["treated"])
    for key in (*RATIO, "log_se", "win_odds", "net_benefit"):
        value = getattr(found, NAMES.get(key, key))
        assert value == pytest.approx(wanted[key], abs=1e-8), key


def test_matched_win_ratio_is_the_golden_one(pairs):
    rows, comparisons, wanted = pairs
    found = matched_win_ratio(comparisons, rows["treated"], rows["pair"])
    for key in (*RATIO, "p_exact"):
        value = getattr(found, NAMES.get(key, key))
        assert value == pytest.approx(wanted["matched"][key], abs=1e-8), key
    # z of the share won, with the variance of that share or of one half
    decided = found.wins + found.losses
    p, low = found.wins / decided, found.ci_low / (1 + found.ci_low)
    error = (p - low) / norm.ppf(0.975)
    assert (p - 0.5) / error == pytest.approx(wanted["matched"]["z"], abs=1e-8)
    z_null = (p - 0.5) / math.sqrt(0.25 / decided)
    assert z_null == pytest.approx(wanted["matched"]["z_null"], abs=1e-8)


def test_joint_ranks_are_the_golden_ones(pairs):
    rows, comparisons, wanted = pairs
    found = joint_rank(comparisons, rows["treated"], rows["baseline"])
    assert found.score.tolist() == wanted["cafs_score"]
    assert found.rank.tolist() == wanted["cafs_rank"]
    assert found.mean_rank_treated == wanted["cafs_mean_rank_treated"]
    assert found.mean_rank_control == wanted["cafs_mean_rank_control"]
    assert found.fs_t == wanted["fs_t"]
    assert found.fs_variance == pytest.approx(wanted["fs_variance"], abs=1e-8)
    assert found.fs_z == pytest.approx(wanted["fs_z"], abs=1e-8)
    assert found.ancova_coef == pytest.approx(wanted["cafs_ancova_coef"], abs=1e-8)
    assert found.ancova_se == pytest.approx(wanted["cafs_ancova_se"], abs=1e-8)
    t = wanted["cafs_ancova_t"]
    p_value = 2 * student.sf(abs(t), len(rows) - 3)
    assert found.ancova_p_value == pytest.approx(p_value, abs=1e-8)


def test_net_benefit_and_win_odds_have_the_limits_of_r(golden):
    """R 4.2.2 on the golden pairs, D the matrix of win - loss of treated by control.

    se <- sqrt(var(rowMeans(D)) / n1 + var(colMeans(D)) / n0); of the log odds
    2 * se / (1 - mean(D)^2).
    """
    rows = golden("function_survival.csv")
    comparisons = compare(rows["time"], rows["event"], rows[VISITS])
    found = win_ratio(comparisons, rows["treated"])
    assert found.net_benefit_se == pytest.approx(0.1536263216, abs=1e-9)
    assert found.net_benefit_ci_low == pytest.approx(0.0530646092, abs=1e-9)
    assert found.net_benefit_ci_high == pytest.approx(0.6552687241, abs=1e-9)
    assert found.win_odds_ci_low == pytest.approx(1.0531916666, abs=1e-9)
    assert found.win_odds_ci_high == pytest.approx(4.1744177798, abs=1e-9)


def test_the_net_benefit_of_pairs_is_that_of_a_multinomial(golden):
    """16 won, 8 lost of 24: 1 / 3 with variance (24 - 64 / 24) / 576 = 1 / 27."""
    rows = golden("function_survival.csv")
    comparisons = compare(rows["time"], rows["event"], rows[VISITS])
    found = matched_win_ratio(comparisons, rows["treated"], rows["pair"])
    assert found.net_benefit == pytest.approx(1 / 3)
    assert found.net_benefit_se == pytest.approx(math.sqrt(1 / 27))
    half = 1.959963984540054 * 2 * math.sqrt(1 / 27) / (1 - 1 / 9)
    assert found.win_odds_ci_high == pytest.approx(2 * math.exp(half))
    assert found.win_odds_ci_low == pytest.approx(2 * math.exp(-half))


def test_six_subjects_are_as_on_paper(golden):
    wanted = golden("winratio.json")["six_subjects"]
    columns = {
        key: np.array([float(row[key] or "nan") for row in wanted["subjects"]])
        for key in ("treated", "time", "event", "change_3", "change_6")
    }
    changes = np.column_stack([columns["change_3"], columns["change_6"]])
    comparisons = compare(columns["time"], columns["event"], changes)
    assert comparisons.sum(axis=1).tolist() == wanted["cafs_score"]
    found = win_ratio(comparisons, columns["treated"])
    for key in (*RATIO, "log_se", "win_odds", "net_benefit"):
        value = getattr(found, NAMES.get(key, key))
        assert value == pytest.approx(wanted[key], abs=1e-8), key
    ranks = joint_rank(comparisons, columns["treated"], [40, 41, 42, 40, 39, 44])
    assert ranks.fs_t == wanted["fs_t"]
    assert ranks.fs_variance == pytest.approx(wanted["fs_variance"])
    assert ranks.fs_z == pytest.approx(wanted["fs_z"], abs=1e-8)
    assert ranks.rank.tolist() == wanted["cafs_rank"]
    means = (ranks.mean_rank_treated, ranks.mean_rank_control)
    names = ("cafs_mean_rank_treated", "cafs_mean_rank_control")
    assert means == pytest.approx([wanted[name] for name in names])


def test_death_comes_before_function_and_censoring_before_death_on_one_day():
    change = np.array([[-9.0], [-1.0], [-5.0]])
    # 0 is censored on the day 1 dies; 2 was censored before, its function decides
    found = compare([100, 100, 50], [0, 1, 0], change)
    assert found.tolist() == [[0, 1, -1], [-1, 0, 1], [1, -1, 0]]


def test_two_deaths_on_one_day_are_decided_by_function_and_rounding_is_none():
    found = compare([100, 100 + 1e-10], [1, 1], [[-3.0], [-2.0]])
    assert found.tolist() == [[0, -1], [1, 0]]
    tied = compare([9, 9], [0, 0], [[0.1 + 0.2], [0.3]])
    assert (tied == 0).all()


def test_a_difference_within_the_margin_is_a_tie_and_no_earlier_visit_is_asked():
    change = np.array([[-1.0, -3.0], [-9.0, -4.0]])
    assert compare([9, 9], [0, 0], change)[0, 1] == 1
    assert compare([9, 9], [0, 0], change, margin=1)[0, 1] == 0
    apart = np.array([[-1.0, np.nan], [np.nan, -4.0]])
    assert (compare([9, 9], [0, 0], apart) == 0).all()


def test_no_losses_keep_their_counts_and_have_no_ratio():
    comparisons = compare([9, 8, 3, 2], [1, 1, 1, 1], np.empty((4, 0)))
    found = win_ratio(comparisons, [1, 1, 0, 0])
    assert (found.wins, found.losses, found.ties) == (4, 0, 0)
    assert math.isnan(found.win_ratio)
    assert math.isnan(found.ci_low)
    assert found.net_benefit == 1
    assert found.note == "no losses: no ratio"
    matched = matched_win_ratio(comparisons, [1, 1, 0, 0], ["a", "b", "a", "b"])
    assert (matched.wins, matched.p_value) == (2, 0.5)
    assert math.isnan(matched.win_ratio)
    lost = win_ratio(comparisons, [0, 0, 1, 1])
    assert (lost.win_ratio, lost.note) == (0, "no wins: no interval")


def test_everybody_tied_has_no_test():
    comparisons = compare([9, 9, 9, 9], [0, 0, 0, 0], np.empty((4, 0)))
    found = win_ratio(comparisons, [1, 1, 0, 0])
    assert (found.ties, found.win_odds) == (4, 1)
    assert math.isnan(joint_rank(comparisons, [1, 1, 0, 0], [1, 2, 3, 5]).fs_z)
    assert math.isnan(joint_rank(comparisons, [1, 1, 0, 0], [2, 2, 1, 1]).ancova_coef)
    matched = matched_win_ratio(comparisons, [1, 1, 0, 0], ["a", "b", "a", "b"])
    assert math.isnan(matched.p_value)


def test_bad_input_names_the_argument():
    comparisons = compare([9, 8], [1, 1], np.empty((2, 0)))
    with pytest.raises(ValueError, match="treated"):
        win_ratio(comparisons, [1, 1])
    with pytest.raises(ValueError, match="set_id"):
        matched_win_ratio(comparisons, [1, 0], ["a", "b"])
    with pytest.raises(ValueError, match="change"):
        compare([9, 8], [1, 1], [[1.0]])
    with pytest.raises(ValueError, match="margin"):
        compare([9, 8], [1, 1], [[1.0], [2.0]], margin=-1)
