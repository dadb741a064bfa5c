"""REML with an unstructured covariance, against nlme on Orthodont."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from counterarm.trust.mmrm import fit_mmrm


@pytest.fixture(scope="module")
def orthodont(golden):
    return golden("orthodont.csv")


def fit(rows, **more):
    columns = (rows[name] for name in ("id", "v", "sex", "distance"))
    return fit_mmrm(*columns, **more)


@pytest.mark.parametrize("name", ["complete", "dropout"])
def test_last_visit_is_that_of_nlme(golden, orthodont, name):
    rows = orthodont if name == "complete" else orthodont[orthodont["kept"] == 1]
    wanted = golden("mmrm.json")[name]
    found = fit(rows)
    assert found.converged
    assert found.note == ""
    last = found.rows.iloc[-1]
    assert last.coef == pytest.approx(wanted["last"], abs=1e-4)
    assert last.se == pytest.approx(wanted["last_se"], abs=1e-4)
    assert last.df == pytest.approx(wanted["last_satterthwaite_df"], abs=1e-3)
    assert found.reml == pytest.approx(wanted["reml"], abs=1e-4)
    # the golden terms are differences from the first visit
    mean, effect = np.split(np.array(wanted["coef"]), 2)
    assert found.coef[0] == pytest.approx(mean[0], abs=1e-4)
    assert found.coef[1:4] == pytest.approx(mean[0] + mean[1:], abs=1e-4)
    assert found.coef[4] == pytest.approx(effect[0], abs=1e-4)
    assert found.coef[5:] == pytest.approx(effect[0] + effect[1:], abs=1e-4)
    assert found.se[0] == pytest.approx(wanted["se"][0], abs=1e-4)
    assert found.se[4] == pytest.approx(wanted["se"][4], abs=1e-4)


def test_one_visit_is_the_t_test_of_two_samples(orthodont):
    rows = orthodont[orthodont["v"] == 4]
    found = fit(rows).rows.iloc[0]
    a, b = (rows.loc[rows["sex"] == sex, "distance"] for sex in (1, 0))
    test = ttest_ind(a, b)
    assert found.p_value == pytest.approx(test.pvalue, rel=1e-6)
    assert found.df == pytest.approx(test.df, rel=1e-5)
    low, high = test.confidence_interval()
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high), rel=1e-6)
    assert (found.n_treated, found.n_control) == (len(a), len(b))


def test_baseline_is_least_squares_where_there_is_one_visit(orthodont):
    first = orthodont[orthodont["v"] == 1].set_index("id")["distance"]
    rows = orthodont[orthodont["v"] == 4]
    start = rows["id"].map(first).to_numpy(float)
    found = fit(rows, baseline=start)
    design = np.column_stack([np.ones(len(rows)), rows["sex"], start])
    coef, rss, *_ = np.linalg.lstsq(design, rows["distance"], rcond=None)
    variance = rss[0] / (len(rows) - 3) * np.linalg.inv(design.T @ design)[1, 1]
    assert found.rows.coef[0] == pytest.approx(coef[1])
    assert found.rows.se[0] == pytest.approx(np.sqrt(variance))
    assert found.rows.df[0] == pytest.approx(len(rows) - 3, rel=1e-5)
    assert found.names[-1] == "baseline at visit 4"


def test_the_unit_of_the_values_does_not_matter(orthodont):
    metres = orthodont.assign(distance=orthodont["distance"] / 1000)
    found, same = fit(orthodont), fit(metres)
    assert same.converged
    assert same.rows.coef.to_numpy() * 1000 == pytest.approx(found.rows.coef.to_numpy())
    assert same.rows.df.to_numpy() == pytest.approx(found.rows.df.to_numpy(), rel=1e-4)


def test_a_visit_of_few_subjects_is_left_out_with_a_note(orthodont):
    one = orthodont.loc[orthodont["sex"] == 0, "id"].iloc[0]
    is_few = (orthodont["v"] == 4) & (orthodont["sex"] == 0) & (orthodont["id"] != one)
    few = orthodont[~is_few]
    found = fit(few)
    assert found.rows.visit.tolist() == ["1", "2", "3"]
    assert "visit 4 left out" in found.note
    assert found.converged


def test_a_covariance_that_is_singular_does_not_converge(orthodont):
    twice = orthodont[orthodont["v"] == 1]
    rows = np.repeat(twice.to_numpy(float), 2, axis=0)
    visits = np.tile([1, 2], len(twice))
    found = fit_mmrm(rows[:, 0], visits, rows[:, 1], rows[:, 4])
    assert not found.converged
    assert "did not converge" in found.note
    assert found.rows[["coef", "se", "df", "p_value"]].isna().all(axis=None)
    assert np.isnan([*found.coef, *found.se, found.reml]).all()


def test_bad_input_names_the_argument(orthodont):
    with pytest.raises(ValueError, match="visit"):
        fit_mmrm([1, 1], [1, 1], [1, 1], [3, 4])
    with pytest.raises(ValueError, match="treated"):
        fit_mmrm([1, 1], [1, 2], [1, 0], [3, 4])
    with pytest.raises(ValueError, match="visit"):
        fit_mmrm([1, 2], [1, 1], [1, 0], [3, 4])
    with pytest.raises(ValueError, match="baseline"):
        fit(orthodont, baseline=orthodont["sex"])
    with pytest.raises(ValueError, match="value"):
        fit(orthodont.assign(distance=np.nan))
