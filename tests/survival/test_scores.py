"""The tests of Statistica, after Lee, and the weights of the hypergeometric family."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines.statistics import logrank_test
from scipy.stats import f as f_distribution

from counterarm.survival import (
    cox_f,
    cox_mantel,
    gehan,
    log_rank,
    log_rank_permutation,
    peto_peto,
)

# Lee 1980: 23, 16+, 18+, 20+, 24+ against 15, 18, 19, 19, 20
LEE = (
    [23, 16, 18, 20, 24, 15, 18, 19, 19, 20],
    [1, 0, 0, 0, 0, 1, 1, 1, 1, 1],
    ["a"] * 5 + ["b"] * 5,
)


def uncorrected(*columns, **options):
    return gehan(*columns, correction=False, **options)


@pytest.mark.parametrize(
    ("test", "value"),
    [
        (cox_mantel, 2.637),
        (log_rank_permutation, 2.4993),
        (uncorrected, 2.3681),
        (gehan, 2.2365),
        (peto_peto, 2.4520),
    ],
)
def test_published_values_of_lees_example(test, value):
    found = test(*LEE)
    assert found.statistic == pytest.approx(value, abs=10.0 ** -len(str(value)[2:]))
    assert (found.statistic_kind, found.df) == ("z", None)


def test_cox_mantel_has_lees_u_and_i():
    found = cox_mantel(*LEE)
    assert found.expected[0] - found.observed[0] == pytest.approx(2.75)
    assert found.variance[0, 0] == pytest.approx(1.0875)


@pytest.mark.parametrize(
    ("test", "value"),
    [
        (log_rank_permutation, 3.27792),
        (uncorrected, 3.57448),
        (gehan, 3.57335),
        (peto_peto, 3.61400),
    ],
)
def test_lung_by_sex_has_the_known_z(whole_lung, test, value):
    columns = (whole_lung["time"], whole_lung["event"], whole_lung["sex"])
    # women, coded 2, live longer
    assert test(*columns, first=2).statistic == pytest.approx(value, abs=5e-6)
    assert test(*columns).statistic == pytest.approx(-value, abs=5e-6)


@pytest.mark.parametrize(
    ("weighting", "value"), [("gehan_breslow", 12.47214), ("tarone_ware", 12.45554)]
)
def test_lung_by_sex_has_the_known_chi_square(whole_lung, weighting, value):
    columns = (whole_lung["time"], whole_lung["event"], whole_lung["sex"])
    found = log_rank(*columns, weighting=weighting)
    assert found.statistic == pytest.approx(value, abs=5e-6)


def test_cox_f_with_progressive_censoring_by_hand():
    # sums of m/r: 15: .1; 18: .225; 19: .55833; 20: .80833; 23: 1.30833, and censored
    # times have the sum up to their day: .1, .225, .80833, 1.30833
    found = cox_f(*LEE)
    np.testing.assert_allclose(found.expected, [3.75, 2.25])
    assert found.statistic == pytest.approx((3.75 / 1) / (2.25 / 5))
    assert (found.df, found.df2, found.statistic_kind) == (2, 10, "f")
    assert found.p_value == pytest.approx(2 * f_distribution.sf(found.statistic, 2, 10))
    assert "cumulative sums of m/r" in found.definition


def test_cox_f_of_complete_samples_by_hand():
    # n = 4: order means 1/4, 1/4 + 1/3, + 1/2, + 1; the tie at 2 shares its two
    found = cox_f([1, 2, 2, 5], [1, 1, 1, 1], ["a", "a", "b", "b"])
    tied = (7 / 12 + 13 / 12) / 2
    np.testing.assert_allclose(found.expected, [1 / 4 + tied, tied + 25 / 12])
    assert (found.df, found.df2) == (4, 4)


def test_cox_f_gives_singly_censored_times_the_next_order_mean():
    found = cox_f([1, 2, 9, 9], [1, 1, 0, 0], ["a", "b", "a", "b"])
    after = 1 / 4 + 1 / 3 + 1 / 2
    np.testing.assert_allclose(found.expected, [1 / 4 + after, 7 / 12 + after])


def test_exponential_scores_of_untied_samples_are_one_on_average():
    rng = np.random.default_rng(7)
    found = cox_f(rng.exponential(size=40), np.ones(40), rng.integers(0, 2, 40))
    assert found.expected.sum() == pytest.approx(40)


def test_gehan_scores_by_comparing_every_pair(whole_lung):
    time, event = whole_lung["time"].to_numpy(), whole_lung["event"].to_numpy()
    mine = whole_lung["sex"].to_numpy() == 2
    surely_outlives = (event[None, :] == 1) & (
        (time[:, None] > time[None, :])
        | ((time[:, None] == time[None, :]) & (event[:, None] == 0))
    )
    score = surely_outlives.sum(axis=1) - surely_outlives.sum(axis=0)
    found = uncorrected(time, event, mine, first=True)
    assert found.observed[0] == score[mine].sum()


@pytest.mark.parametrize("entry", [None, "entry"])
@pytest.mark.parametrize(
    ("weighting", "weight"),
    [
        ("log_rank", lambda s, n: 1.0),
        ("gehan_breslow", lambda s, n: n),
        ("tarone_ware", lambda s, n: np.sqrt(n)),
        ((0, 1), lambda s, n: 1 - s),
        ((1, 1), lambda s, n: s * (1 - s)),
    ],
)
def test_each_weight_by_a_walk_through_the_two_by_two_tables(
    whole_lung, weighting, weight, entry
):
    rows = whole_lung
    time, event, sex = (rows[c].to_numpy() for c in ("time", "event", "sex"))
    late = np.full(len(rows), -1.0)
    if entry:
        late = np.minimum(np.arange(len(rows)) * 7 % 60, time - 1)
    score = variance = 0.0
    before = 1.0
    for t in np.unique(time[event == 1]):
        risk = (late < t) & (time >= t)
        dying = (time == t) & (event == 1)
        n, d = risk.sum(), dying.sum()
        n1, d1 = (risk & (sex == 1)).sum(), (dying & (sex == 1)).sum()
        w = weight(before, n)
        score += w * (d1 - d * n1 / n)
        if n > 1:
            variance += w**2 * d * (n - d) / (n - 1) * n1 / n * (1 - n1 / n)
        before *= 1 - d / n
    found = log_rank(
        time, event, sex, entry=late if entry else None, weighting=weighting
    )
    assert found.statistic == pytest.approx(score**2 / variance, rel=1e-9)


@pytest.mark.parametrize(("rho", "gamma"), [(0, 1), (1, 1), (0.5, 2)])
def test_fleming_harrington_agrees_with_lifelines(whole_lung, rho, gamma):
    columns = (whole_lung["time"], whole_lung["event"], whole_lung["sex"])
    theirs = logrank_test(
        *[c[columns[2] == s] for c in columns[:1] for s in (1, 2)],
        *[c[columns[2] == s] for c in columns[1:2] for s in (1, 2)],
        weightings="fleming-harrington",
        p=rho,
        q=gamma,
    )
    ours = log_rank(*columns, weighting=(rho, gamma))
    assert ours.test == f"fh_{rho:g}_{gamma:g}"
    assert ours.statistic == pytest.approx(theirs.test_statistic, rel=1e-8)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 1)), min_size=4, max_size=12)
)
def test_the_permutation_variance_is_that_of_every_split(rows):
    """For few rows every split can be made: its scores have that mean and variance."""
    time, event = np.array(rows).T
    if not event.any():
        return
    n, n_first = len(time), 2
    try:
        sums = []
        for chosen in combinations(range(n), n_first):
            group = np.isin(np.arange(n), chosen)
            found = log_rank_permutation(time, event, group, first=True)
            sums.append(found.observed[0])
    except ValueError:
        return
    assert np.mean(sums) == pytest.approx(0, abs=1e-9)
    assert np.var(sums) == pytest.approx(found.variance[0, 0])


@pytest.mark.parametrize(
    "test", [gehan, uncorrected, log_rank_permutation, peto_peto, cox_mantel, cox_f]
)
def test_each_definition_names_variance_and_correction(test):
    words = test(*LEE).definition
    assert "correction" in words
    assert "first group named" in words
    named = {"permutation variance", "hypergeometric variance", "referred to F"}
    assert any(name in words for name in named)


@pytest.mark.parametrize(
    "test", [gehan, log_rank_permutation, peto_peto, cox_mantel, cox_f]
)
@pytest.mark.parametrize(
    ("time", "event", "group", "message"),
    [
        ([1, 2, 3], [1, 1, 1], ["a", "b", "c"], "group: 3 groups"),
        ([1, 2], [0, 0], ["a", "b"], "event: no events"),
    ],
)
def test_what_is_not_a_comparison_of_two_is_refused(test, time, event, group, message):
    with pytest.raises(ValueError, match=message):
        test(time, event, group)


def test_a_group_without_an_event_has_no_cox_f():
    with pytest.raises(ValueError, match="a group has no event"):
        cox_f([1, 2, 3], [1, 1, 0], ["a", "a", "b"])


def test_the_first_group_must_be_one_of_the_two():
    with pytest.raises(ValueError, match="first: 'c' is no group"):
        gehan(*LEE, first="c")
