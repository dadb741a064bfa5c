import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lifelines.statistics import multivariate_logrank_test

from counterarm.survival import log_rank

# Lee 1980: 23, 16+, 18+, 20+, 24+ against 15, 18, 19, 19, 20
LEE_TIME = [23, 16, 18, 20, 24, 15, 18, 19, 19, 20]
LEE_EVENT = [1, 0, 0, 0, 0, 1, 1, 1, 1, 1]
LEE_GROUP = ["a"] * 5 + ["b"] * 5


def test_log_rank_equals_survdiff(sample):
    golden = sample.answers["logrank"]
    found = log_rank(sample.time, sample.event, sample.group)
    assert found.statistic == pytest.approx(golden["chisq"], rel=1e-6)
    assert found.p_value == pytest.approx(golden["p"], rel=1e-6)
    np.testing.assert_allclose(found.observed, golden["observed"], rtol=1e-6)
    np.testing.assert_allclose(found.expected, golden["expected"], rtol=1e-6)
    assert (found.df, found.statistic_kind) == (1, "chi_square")


def test_peto_weighted_test_equals_survdiff_with_rho_1(sample):
    found = log_rank(sample.time, sample.event, sample.group, weighting="peto_g_rho1")
    assert found.statistic == pytest.approx(sample.answers["peto_rho1"], rel=1e-6)


def test_log_rank_stratified_by_pair_equals_survdiff(lung):
    found = log_rank(lung.time, lung.event, lung.group, strata=lung.pairs)
    assert found.statistic == pytest.approx(lung.answers["logrank_strata"], rel=1e-6)
    assert "strata" in found.definition


def test_published_example_of_lee_is_reproduced():
    found = log_rank(LEE_TIME, LEE_EVENT, LEE_GROUP)
    assert found.statistic == pytest.approx(6.95402, abs=5e-6)
    # Statistica's Cox-Mantel: U = 2.75, I = 1.0875, C = 2.637
    assert found.expected[0] - found.observed[0] == pytest.approx(2.75)
    assert found.variance[0, 0] == pytest.approx(1.0875)
    weighted = log_rank(LEE_TIME, LEE_EVENT, LEE_GROUP, weighting="peto_g_rho1")
    assert weighted.statistic == pytest.approx(6.03825, abs=5e-6)


def test_all_rows_of_lung_by_sex_give_the_known_statistics(whole_lung):
    columns = [whole_lung[c].to_numpy() for c in ("time", "event", "sex")]
    assert log_rank(*columns).statistic == pytest.approx(10.32674, abs=5e-6)
    weighted = log_rank(*columns, weighting="peto_g_rho1")
    assert weighted.statistic == pytest.approx(12.71415, abs=5e-6)


def test_several_groups_agree_with_lifelines(whole_lung):
    rows = whole_lung.dropna(subset=["ph.ecog"])
    columns = [rows[c].to_numpy() for c in ("time", "ph.ecog", "event")]
    theirs = multivariate_logrank_test(*columns)
    ours = log_rank(columns[0], columns[2], columns[1])
    assert ours.df == 3
    assert ours.statistic == pytest.approx(theirs.test_statistic, rel=1e-8)
    assert ours.p_value == pytest.approx(theirs.p_value, rel=1e-8)


def test_each_result_says_which_test_it_is():
    plain = log_rank(LEE_TIME, LEE_EVENT, LEE_GROUP)
    weighted = log_rank(LEE_TIME, LEE_EVENT, LEE_GROUP, weighting="peto_g_rho1")
    assert (plain.test, weighted.test) == ("log_rank", "peto_g_rho1")
    for found, weight in ((plain, "weight 1"), (weighted, "weight S(t-)")):
        for word in (weight, "hypergeometric variance", "no continuity correction"):
            assert word in found.definition
    assert plain.groups == ("a", "b")


def test_a_group_never_at_risk_at_an_event_is_left_out_as_in_r():
    time, event = [*LEE_TIME, 1, 2], [*LEE_EVENT, 0, 0]
    found = log_rank(time, event, [*LEE_GROUP, "c", "c"])
    assert found.df == 1
    assert found.statistic == pytest.approx(6.95402, abs=5e-6)


def test_untied_log_rank_is_the_score_test_of_the_cox_model():
    rng = np.random.default_rng(4)
    time, x = rng.exponential(size=60), rng.integers(0, 2, 60)
    event = rng.integers(0, 2, 60)
    found = log_rank(time, event, x)
    # the binary covariate's score and information at 0, event by event
    at_risk = time[None, :] >= time[event == 1][:, None]
    p = (at_risk * x).sum(1) / at_risk.sum(1)
    score = (x[event == 1] - p).sum()
    assert found.statistic == pytest.approx(score**2 / (p * (1 - p)).sum())


@pytest.mark.parametrize(
    ("time", "event", "group", "message"),
    [
        ([1, 2], [1, 1], ["a", "a"], "group: at least two"),
        ([1, 2], [0, 0], ["a", "b"], "event: no events"),
        ([1, 2], [1, 1], ["a", None], "group: 1 missing"),
        ([1, 2], [1, 1], [1.0, np.nan], "group: 1 missing"),
        ([1, 2], [0, 1], ["a", "b"], "group: no event happens while two groups"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(time, event, group, message):
    with pytest.raises(ValueError, match=message):
        log_rank(time, event, group)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 1), st.integers(0, 2)),
        min_size=6,
        max_size=40,
    )
)
def test_observed_and_expected_add_up_and_names_do_not_matter(rows):
    time, event, group = np.array(rows).T
    try:
        found = log_rank(time, event, group)
    except ValueError:
        assume(False)
    assert found.observed.sum() == pytest.approx(found.expected.sum())
    np.testing.assert_allclose(found.variance.sum(axis=0), 0, atol=1e-10)
    renamed = log_rank(time, event, np.array(["z", "m", "a"])[group])
    assert renamed.statistic == pytest.approx(found.statistic, rel=1e-6, abs=1e-9)
    again = log_rank(time, event, group, strata=np.full(len(time), "one"))
    assert again.statistic == found.statistic
