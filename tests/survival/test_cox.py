import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lifelines import CoxPHFitter

from counterarm.survival import fit_cox

FIXED = settings(derandomize=True, deadline=None, max_examples=60)
COLUMNS = {
    "coef": "coef",
    "naive_se": "se",
    "z": "z",
    "p_value": "p",
    "hazard_ratio": "hr",
    "ci_low": "lower",
    "ci_high": "upper",
}


def assert_equals_r(fit, golden):
    columns = dict(COLUMNS)
    if fit.robust_se is not None:
        columns["robust_se"] = "robust_se"
    for ours, theirs in columns.items():
        expected = [golden[name][theirs] for name in fit.names]
        np.testing.assert_allclose(
            getattr(fit, ours), expected, rtol=1e-6, err_msg=ours
        )
    assert fit.converged
    assert fit.warning == ""


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_fit_equals_coxph(sample, ties):
    fit = fit_cox(
        sample.time, sample.event, sample.covariates, names=sample.names, ties=ties
    )
    assert_equals_r(fit, sample.answers[f"cox_{ties}"])
    assert (fit.variance, fit.ties) == ("naive", ties)
    assert (fit.n, fit.n_events) == (len(sample.time), sample.event.sum())
    np.testing.assert_array_equal(fit.se, fit.naive_se)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), fit.se)
    if ties == "efron":
        expected = sample.answers["loglik"]
        np.testing.assert_allclose(fit.log_likelihood, expected, rtol=1e-9)


def test_variance_clustered_by_pair_equals_coxph(lung):
    fit = fit_cox(
        lung.time, lung.event, lung.covariates, names=lung.names, cluster=lung.pairs
    )
    assert_equals_r(fit, lung.answers["cox_cluster"])
    assert fit.variance == "cluster"
    assert fit.n_clusters == 114
    np.testing.assert_array_equal(fit.se, fit.robust_se)


def test_fit_stratified_by_pair_equals_coxph(lung):
    fit = fit_cox(lung.time, lung.event, lung.group, names=["sex"], strata=lung.pairs)
    assert_equals_r(fit, lung.answers["cox_strata"])


def test_stratified_pairs_of_one_binary_term_count_discordant_pairs(lung):
    # of the informative pairs of unlike sex, men died first in b and women in c
    pairs = [np.flatnonzero(lung.pairs == k) for k in range(113)]
    b = c = 0
    for i, j in pairs:
        if lung.group[i] == lung.group[j] or lung.time[i] == lung.time[j]:
            continue
        first = i if lung.time[i] < lung.time[j] else j
        if lung.event[first]:
            b, c = b + (lung.group[first] == 1), c + (lung.group[first] == 2)
    assert lung.answers["cox_strata"]["sex"]["hr"] == pytest.approx(c / b, rel=1e-9)
    fit = fit_cox(lung.time, lung.event, lung.group, names=["sex"], strata=lung.pairs)
    assert fit.hazard_ratio[0] == pytest.approx(c / b, rel=1e-12)
    assert fit.se[0] == pytest.approx(np.sqrt(1 / b + 1 / c), rel=1e-12)


def test_time_dependent_fit_equals_coxph(answers, heart):
    names = ["age", "year", "surgery", "transplant1"]
    fit = fit_cox(
        heart["stop"],
        heart["event"],
        heart[["age", "year", "surgery", "transplant"]],
        names=names,
        entry=heart["start"],
    )
    assert_equals_r(fit, answers["heart_time_dependent"])


def test_cluster_variance_under_ties_is_r_and_not_lifelines(whole_lung):
    columns = [whole_lung[c].to_numpy() for c in ("time", "event", "sex")]
    fit = fit_cox(*columns, names=["sex"], cluster=np.arange(228) // 2)
    assert fit.robust_se[0] == pytest.approx(0.156209, abs=5e-7)
    assert abs(fit.robust_se[0] - 0.156118) > 5e-5


def test_hazard_ratio_solves_the_score_equation_by_hand():
    # Three untied deaths at 1, 2, 3 with x = 1, 0, 1 give the score
    # 1 - 2r/(2r + 1) - r/(r + 1) = 0 in r = exp(beta), so 2r^2 = 1.
    fit = fit_cox([1, 2, 3], [1, 1, 1], [1, 0, 1], names=["x"])
    assert fit.hazard_ratio[0] == pytest.approx(np.sqrt(0.5), rel=1e-12)
    # beta = 0: three at risk, then two, then one
    assert fit.log_likelihood[0] == pytest.approx(-np.log(6))


def test_two_tied_deaths_differ_between_efron_and_breslow_by_hand():
    # Both of x = 1, 0 die at 1 with x = 0 surviving: s = r + 2, d = r + 1.
    # Efron's second factor is s - d/2, Breslow's is s again.
    time, event, x = [1, 1, 2], [1, 1, 0], [1, 0, 0]
    efron = fit_cox(time, event, x, names=["x"])
    breslow = fit_cox(time, event, x, names=["x"], ties="breslow")
    assert efron.log_likelihood[0] == pytest.approx(-np.log(3 * 2))
    assert breslow.log_likelihood[0] == pytest.approx(-np.log(3 * 3))
    # Efron: 1 = r/(r + 2) + r/(r + 3), so r^2 = 6; Breslow: 1 = 2r/(r + 2), r = 2
    assert efron.hazard_ratio[0] == pytest.approx(np.sqrt(6), rel=1e-12)
    assert breslow.hazard_ratio[0] == pytest.approx(2, rel=1e-12)


def synthetic(n=400, seed=7, ties=True):
    rng = np.random.default_rng(seed)
    X = np.column_stack(
        [rng.integers(0, 2, n), rng.normal(size=n), rng.normal(50, 10, n)]
    )
    time = rng.exponential(30 * np.exp(-X @ [0.7, 0.3, 0.01]))
    censored = rng.exponential(40, n)
    event = (time <= censored).astype(int)
    time = np.minimum(time, censored)
    return np.ceil(time) if ties else time, event, X, ["a", "b", "c"]


@pytest.mark.parametrize("stratified", [False, True])
def test_fit_equals_lifelines_where_it_converges(stratified):
    pd = pytest.importorskip("pandas")
    time, event, X, names = synthetic()
    data = pd.DataFrame(X, columns=names).assign(time=time, event=event)
    strata = np.arange(len(time)) % 5
    data["stratum"] = strata if stratified else 0
    theirs = CoxPHFitter().fit(
        data if stratified else data.drop(columns="stratum"),
        "time",
        "event",
        strata=["stratum"] if stratified else None,
        fit_options={"precision": 1e-12},
    )
    ours = fit_cox(time, event, X, names=names, strata=strata if stratified else None)
    np.testing.assert_allclose(ours.coef, theirs.params_, rtol=1e-7)
    np.testing.assert_allclose(ours.se, theirs.standard_errors_, rtol=1e-7)
    assert ours.log_likelihood[1] == pytest.approx(theirs.log_likelihood_)


def test_known_hazard_ratio_is_found_in_synthetic_data():
    time, event, X, names = synthetic(n=20_000, ties=False)
    fit = fit_cox(time, event, X, names=names)
    assert (np.abs(fit.coef - [0.7, 0.3, 0.01]) < 4 * fit.se).all()


def test_entry_at_the_start_changes_nothing():
    time, event, X, names = synthetic()
    plain = fit_cox(time, event, X, names=names)
    entered = fit_cox(time, event, X, names=names, entry=np.zeros(len(time)))
    np.testing.assert_array_equal(plain.coef, entered.coef)
    np.testing.assert_array_equal(plain.se, entered.se)


def test_follow_up_cut_into_pieces_changes_nothing_but_the_number_of_rows():
    time, event, X, names = synthetic()
    whole = fit_cox(time, event, X, names=names, cluster=np.arange(len(time)))
    cut = 10.0
    long = time > cut
    pieces = fit_cox(
        np.r_[np.minimum(time, cut), time[long]],
        np.r_[np.where(long, 0, event), event[long]],
        np.vstack([X, X[long]]),
        names=names,
        entry=np.r_[np.zeros(len(time)), np.full(long.sum(), cut)],
        cluster=np.r_[np.arange(len(time)), np.flatnonzero(long)],
    )
    np.testing.assert_allclose(pieces.coef, whole.coef, rtol=1e-10)
    np.testing.assert_allclose(pieces.naive_se, whole.naive_se, rtol=1e-10)
    np.testing.assert_allclose(pieces.robust_se, whole.robust_se, rtol=1e-10)
    assert pieces.n == len(time) + long.sum()


def test_a_weight_of_two_is_the_row_twice_under_breslow():
    time, event, X, names = synthetic(n=80)
    weights = np.where(np.arange(80) % 3 == 0, 2, 1)
    twice = np.repeat(np.arange(80), weights)
    weighted = fit_cox(time, event, X, names=names, weights=weights, ties="breslow")
    repeated = fit_cox(time[twice], event[twice], X[twice], names=names, ties="breslow")
    np.testing.assert_allclose(weighted.coef, repeated.coef, rtol=1e-10)
    np.testing.assert_allclose(weighted.se, repeated.se, rtol=1e-10)
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood)
    assert (weighted.n, repeated.n) == (80, len(twice))


def test_fractional_weights_call_for_the_robust_variance_as_in_r():
    time, event, X, names = synthetic(n=80)
    weights = np.linspace(0.5, 1.5, 80)
    fit = fit_cox(time, event, X, names=names, weights=weights)
    assert (fit.variance, fit.n_clusters) == ("robust", 80)
    naive = fit_cox(time, event, X, names=names, weights=weights, robust=False)
    assert naive.variance == "naive"
    np.testing.assert_array_equal(naive.se, fit.naive_se)


def test_robust_variance_is_that_of_one_cluster_per_row():
    time, event, X, names = synthetic(n=80)
    robust = fit_cox(time, event, X, names=names, robust=True)
    clustered = fit_cox(time, event, X, names=names, cluster=np.arange(80))
    np.testing.assert_array_equal(robust.se, clustered.se)
    assert (robust.variance, clustered.variance) == ("robust", "cluster")


def test_many_strata_are_summed_as_few_are(monkeypatch):
    time, event, X, names = synthetic(n=300)
    options = {"names": names, "strata": np.arange(300) // 3, "robust": True}
    looped = fit_cox(time, event, X, **options)
    monkeypatch.setattr("counterarm.survival._risk_sets.LOOP_LIMIT", 0)
    doubled = fit_cox(time, event, X, **options)
    np.testing.assert_allclose(doubled.coef, looped.coef, rtol=1e-11)
    np.testing.assert_allclose(doubled.se, looped.se, rtol=1e-11)


def test_a_huge_risk_in_one_stratum_leaves_the_others_digits_alone():
    time, event, X, names = synthetic(n=200)
    alone = fit_cox(time, event, X, names=names)
    # two rows of another stratum, far out, without a comparison to make
    joined = fit_cox(
        np.r_[1, 2, time],
        np.r_[1, 1, event],
        np.vstack([[[1e4, 0, 0], [1e4, 0, 0]], X]),
        names=names,
        strata=np.r_[0, 0, np.ones(200)],
    )
    np.testing.assert_allclose(joined.coef, alone.coef, rtol=1e-9)


@FIXED
@given(
    st.lists(
        st.tuples(st.integers(1, 8), st.integers(0, 1), st.integers(-3, 3)),
        min_size=8,
        max_size=40,
    ),
    st.floats(-1e3, 1e3),
    st.floats(0.01, 100),
)
def test_units_of_a_covariate_change_only_the_units_of_its_coefficient(
    rows, shift, unit
):
    time, event, x = np.array(rows, float).T
    try:
        fit = fit_cox(time, event, x, names=["x"])
    except ValueError:
        assume(False)
    assume(fit.converged)
    moved = fit_cox(time + 5, event, x * unit + shift, names=["x"])
    np.testing.assert_allclose(moved.coef * unit, fit.coef, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(moved.se * unit, fit.se, rtol=1e-6)
    mirrored = fit_cox(time, event, -x, names=["x"])
    np.testing.assert_allclose(mirrored.coef, -fit.coef, rtol=1e-8, atol=1e-10)
    assert fit.log_likelihood[1] >= fit.log_likelihood[0] - 1e-9
