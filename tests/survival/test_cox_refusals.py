import numpy as np
import pytest

from counterarm.survival import fit_cox

TIME = np.array([1.0, 2, 3, 4, 5, 6])
EVENT = np.array([1, 1, 0, 1, 1, 0])
AGE = np.array([50.0, 61, 47, 70, 55, 66])
SEX = np.array([0.0, 1, 1, 0, 1, 0])


def fit(covariates=None, names=("sex", "age"), time=TIME, event=EVENT, **options):
    X = np.column_stack([SEX, AGE]) if covariates is None else covariates
    return fit_cox(time, event, X, names=names, **options)


def test_a_missing_value_is_refused_with_its_term():
    missing = AGE.copy()
    missing[2] = np.nan
    with pytest.raises(ValueError, match="age: 1 missing"):
        fit(np.column_stack([SEX, missing]))
    with pytest.raises(ValueError, match="time: 1 missing"):
        fit(time=missing)
    with pytest.raises(ValueError, match="cluster: 1 missing"):
        fit(cluster=missing)
    with pytest.raises(ValueError, match="strata: 1 missing"):
        fit(strata=["a", "a", None, "b", "b", "b"])


def test_a_constant_term_is_refused_by_name():
    with pytest.raises(ValueError, match="constant term: riluzole"):
        fit(np.column_stack([SEX, np.ones(6)]), names=["sex", "riluzole"])


def test_a_term_that_the_earlier_ones_determine_is_refused_by_name():
    X = np.column_stack([SEX, AGE, 3 * SEX - 0.1 * AGE + 2])
    with pytest.raises(ValueError, match="score: collinear with sex, age"):
        fit(X, names=["sex", "age", "score"])


def test_no_events_is_refused():
    with pytest.raises(ValueError, match="event: no events"):
        fit(event=np.zeros(6))


def test_pairs_without_a_comparison_are_refused_as_such():
    # in every pair the earlier time is censored
    with pytest.raises(ValueError, match="no stratum is informative"):
        fit(event=[0, 1, 0, 1, 0, 1], strata=[0, 0, 1, 1, 2, 2])


def test_a_term_constant_within_every_stratum_is_refused_by_name():
    with pytest.raises(ValueError, match="sex: does not vary within any risk set"):
        fit(strata=SEX, event=np.ones(6))


def test_a_term_that_varies_only_after_the_last_event_is_refused():
    x = np.array([1.0, 0, 0, 0])
    with pytest.raises(ValueError, match="x: does not vary within any risk set"):
        fit(x, names=["x"], time=[1, 2, 3, 4], event=[0, 1, 1, 1])


def test_entry_not_before_the_end_is_refused():
    with pytest.raises(ValueError, match="entry: not before time in 2 rows"):
        fit(entry=[0, 2, 3, 0, 0, 0])


def test_weights_not_above_zero_are_refused():
    with pytest.raises(ValueError, match="weights: all must be above 0"):
        fit(weights=[1, 1, 0, 1, 1, 1])


def test_shapes_and_options_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="covariates: shape"):
        fit(names=["sex"])
    with pytest.raises(ValueError, match="names: terms are repeated"):
        fit(names=["sex", "sex"])
    with pytest.raises(ValueError, match="names: at least one term"):
        fit(np.empty((6, 0)), names=[])
    with pytest.raises(ValueError, match="ties: 'exact'"):
        fit(ties="exact")
    with pytest.raises(ValueError, match="robust: False contradicts cluster"):
        fit(cluster=[0, 0, 1, 1, 2, 2], robust=False)


def test_zero_and_negative_times_count_by_their_order_as_in_r():
    late, early = fit(SEX, names=["sex"]), fit(SEX, names=["sex"], time=TIME - 3)
    np.testing.assert_array_equal(late.coef, early.coef)


def test_an_infinite_coefficient_is_flagged_with_its_term():
    # all with exposed = 1 die before any other: the likelihood rises for ever
    exposed = np.array([1.0, 1, 1, 0, 0, 0])
    found = fit(
        np.column_stack([exposed, AGE]), names=["exposed", "age"], event=np.ones(6)
    )
    assert not found.converged
    assert "exposed; coefficient may be infinite" in found.warning
    assert found.coef[0] > 15


def test_the_other_coefficients_beside_an_infinite_one_are_those_of_the_limit():
    # nobody with rare = 1 has the event; the limit is the fit without those rows
    rng = np.random.default_rng(3)
    time, x = rng.exponential(size=60), rng.normal(size=60)
    rare = np.r_[np.ones(5), np.zeros(55)]
    event = np.r_[np.zeros(5), np.ones(55)]
    found = fit(np.column_stack([x, rare]), names=["x", "rare"], time=time, event=event)
    assert found.warning.startswith("log likelihood converged before rare;")
    np.testing.assert_array_equal(found.is_finite, [True, False])
    without = fit(x[5:], names=["x"], time=time[5:], event=event[5:])
    assert found.coef[0] == pytest.approx(without.coef[0], rel=1e-6)
    assert found.coef[1] < -15


def test_a_strong_but_finite_effect_is_not_called_infinite():
    rng = np.random.default_rng(5)
    # not so far apart that the short times are tied as rounding of the long ones
    x = rng.uniform(-1, 1, size=300)
    time = 1e3 * rng.exponential(np.exp(-8 * x))
    found = fit(x, names=["x"], time=time, event=np.ones(300))
    assert found.converged
    assert found.coef[0] == pytest.approx(8, rel=0.2)
