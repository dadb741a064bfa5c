"""Competing risks of pbc against R's survival and cmprsk."""

import numpy as np
import pytest

from counterarm.survival import fit_cox, kaplan_meier
from counterarm.trust.competing import aalen_johansen, fine_gray, gray_test

TRANSPLANT, DEATH = 1, 2


@pytest.fixture(scope="module")
def pbc(golden):
    return golden("pbc_competing.csv"), golden("competing.json")


@pytest.mark.parametrize("group", [0, 1])
def test_cumulative_incidence_is_that_of_survfit(pbc, group):
    rows, answers = pbc
    own = rows[rows["treated"] == group]
    found = aalen_johansen(own["time"], own["state"])
    incidence, std_err = found.at(answers["times"])
    name = f"trt01={group}"
    wanted = [row for row in answers["aalen_johansen"] if row["group"] == name]
    assert [row["time"] for row in wanted] == answers["times"]
    for j, cause in enumerate(("tx", "death")):
        cif = [row[f"cif_{cause}"] for row in wanted]
        se = [row[f"se_{cause}"] for row in wanted]
        assert incidence[:, j] == pytest.approx(cif, abs=1e-9)
        assert std_err[:, j] == pytest.approx(se, abs=1e-9)


def test_with_one_cause_incidence_is_one_less_survival():
    time, event = [3, 1, 4, 1, 5, 9, 2, 6], [1, 0, 1, 1, 0, 1, 1, 1]
    found = aalen_johansen(time, event)
    curve = kaplan_meier(time, event)
    assert 1 - found.incidence[:, 0] == pytest.approx(curve.survival)
    assert found.at([0.5, 100])[0].ravel().tolist() == [0, 1]


@pytest.mark.parametrize(
    ("cause", "place", "name"), [(TRANSPLANT, 0, "tx"), (DEATH, 1, "death")]
)
def test_grays_test_is_that_of_cmprsk(pbc, cause, place, name):
    rows, answers = pbc
    found = gray_test(rows["time"], rows["state"], rows["treated"], cause)
    assert found.statistic == pytest.approx(answers["gray"][place]["stat"], abs=1e-8)
    assert found.p_value == pytest.approx(answers["gray"][place]["pv"], abs=1e-8)
    # the golden score is of the second group, which is less that of the first
    assert -found.score[0] == pytest.approx(answers["gray_score"][name], abs=1e-8)
    variance = answers["gray_variance"][name]
    assert found.variance[0, 0] == pytest.approx(variance, abs=1e-6)
    assert found.df == answers["gray"][place]["df"]


def test_without_censoring_or_other_causes_the_score_is_that_of_the_log_rank_test():
    time, event = [3, 1, 4, 1.5, 5, 9, 2, 6], [1] * 8
    group = [0, 0, 0, 0, 1, 1, 1, 1]
    found = gray_test(time, event, group, 1)
    at_risk = [8, 7, 6, 5, 4, 3, 2, 1]
    own = [4, 3, 2, 2, 1, 0, 0, 0]
    expected = sum(a / b for a, b in zip(own, at_risk, strict=True))
    assert found.score[0] == pytest.approx(4 - expected)


def test_grays_test_of_three_groups_does_not_depend_on_which_is_left_out(pbc):
    rows, _ = pbc
    third = np.arange(len(rows)) % 3
    arguments = (rows["time"], rows["state"])
    found = gray_test(*arguments, third, DEATH)
    turned = gray_test(*arguments, (third + 1) % 3, DEATH)
    assert found.df == turned.df == 2
    assert turned.statistic == pytest.approx(found.statistic)


def test_subdistribution_model_is_that_of_crr_and_finegray(pbc, golden):
    rows, answers = pbc
    x = rows[["treated", "age"]]
    found = fine_gray(rows["time"], rows["state"], x, DEATH, names=["treated", "age"])
    wanted = answers["fine_gray"]
    assert found.coef == pytest.approx(wanted["coef"], abs=2e-6)
    assert found.se == pytest.approx(wanted["se"], rel=0.01)
    assert found.log_likelihood[1] == pytest.approx(wanted["loglik"], rel=1e-5)
    weighted = golden("competing.r.json")["finegray_coxph"]
    assert found.coef == pytest.approx(weighted["coef"], abs=1e-9)
    assert found.se == pytest.approx(weighted["robust_se"], abs=1e-9)
    alone = fine_gray(
        rows["time"], rows["state"], x[["treated"]], DEATH, names=["treated"]
    )
    assert alone.coef[0] == pytest.approx(
        answers["fine_gray_treated_only"]["coef"], abs=2e-6
    )
    se = answers["fine_gray_treated_only"]["se"]
    assert alone.se[0] == pytest.approx(se, rel=0.01)


def test_the_cause_specific_model_is_that_of_coxph(pbc):
    rows, answers = pbc
    died = rows["state"] == DEATH
    found = fit_cox(
        rows["time"], died, rows[["treated", "age"]], names=["treated", "age"]
    )
    wanted = answers["cause_specific"]
    assert found.coef == pytest.approx(wanted["coef"], abs=1e-8)
    assert found.se == pytest.approx(wanted["se"], abs=1e-8)


def test_without_another_cause_the_model_is_a_cox_model():
    time, event = [3, 1, 4, 1.5, 5, 9, 2, 6], [1, 0, 1, 1, 0, 1, 1, 1]
    x = np.array([0, 1, 0, 1, 1, 0, 0, 1.0])[:, None]
    found = fine_gray(time, event, x, 1, names=["x"])
    assert found.coef == pytest.approx(fit_cox(time, event, x, names=["x"]).coef)


def test_bad_input_names_the_argument():
    with pytest.raises(ValueError, match="state"):
        aalen_johansen([1, 2], [0, 0.5])
    with pytest.raises(ValueError, match="state"):
        aalen_johansen([1, 2], [0, 0])
    with pytest.raises(ValueError, match="group"):
        gray_test([1, 2], [0, 1], ["a", "a"], 1)
    with pytest.raises(ValueError, match="cause"):
        gray_test([1, 2], [0, 1], ["a", "b"], 2)
    with pytest.raises(ValueError, match="cause"):
        fine_gray([1, 2], [0, 1], [[1.0], [2.0]], 2, names=["x"])


# entry, time, state and weights of twelve rows without ties
ENTRY = [0, 30, 60, 10, 90, 45, 120, 0, 75, 20, 150, 5]
TIME = [200, 310, 150, 420, 365, 95, 500, 260, 130, 610, 480, 340]
STATE = [1, 2, 1, 0, 1, 2, 0, 1, 2, 1, 0, 1]
WEIGHT = [1, 0.5, 2, 1, 1.5, 1, 1, 0.5, 2, 1, 1, 0.5]
DAYS = [130, 200, 340, 500]


def test_incidence_with_delayed_entry_is_that_of_survfit():
    # survfit(Surv(entry, time, factor(state)) ~ 1, id = 1:12)
    found = aalen_johansen(TIME, STATE, entry=ENTRY)
    incidence, std_err = found.at(DAYS)
    assert incidence[:, 0] == pytest.approx([0, 0.17, 0.33, 0.41])
    assert incidence[:, 1] == pytest.approx([0.19, 0.19, 0.27, 0.27])
    assert std_err[:, 0] == pytest.approx(
        [0, 0.109495024973, 0.136649592429, 0.144103786330]
    )
    assert std_err[:, 1] == pytest.approx(
        [0.120074976577, 0.120074976577, 0.130742513890, 0.130742513890]
    )


def test_weighted_incidence_with_delayed_entry_is_that_of_survfit():
    # survfit(Surv(entry, time, factor(state)) ~ 1, id = 1:12, weights = weight)
    found = aalen_johansen(TIME, STATE, entry=ENTRY, weights=WEIGHT)
    incidence, std_err = found.at(DAYS)
    assert incidence[:, 0] == pytest.approx(
        [0, 0.237603305785, 0.309917355372, 0.418388429752]
    )
    assert std_err[:, 0] == pytest.approx(
        [0, 0.151764209537, 0.153265370852, 0.162559738042]
    )
    assert std_err[:, 1] == pytest.approx(
        [0.156074687177, 0.156074687177, 0.155725533177, 0.155725533177]
    )


def test_clustered_incidence_of_one_cause_has_the_error_of_the_curve():
    event = [int(state > 0) for state in STATE]
    pair = [0, 1, 2, 3, 4, 5] * 2
    found = aalen_johansen(TIME, event, entry=ENTRY, weights=WEIGHT, cluster=pair)
    curve = kaplan_meier(TIME, event, entry=ENTRY, weights=WEIGHT, cluster=pair)
    # the last event leaves nobody: the error of the curve is then 0 by R's rule
    assert found.std_err[:-1, 0] == pytest.approx(curve.std_err[:-1])


def test_a_named_cause_that_nobody_has_stays_at_0():
    found = aalen_johansen([1, 2, 3], [0, 1, 0], causes=(1, 2))
    assert found.causes == (1, 2)
    assert found.incidence[:, 1].tolist() == [0, 0, 0]
    assert aalen_johansen([1, 2], [0, 0], causes=(1,)).incidence.sum() == 0
    with pytest.raises(ValueError, match="causes: 0 is not from 1"):
        aalen_johansen([1, 2], [0, 0], causes=(0, 1))


def test_a_subdistribution_model_by_cluster_keeps_its_coefficients(pbc):
    # singletons are rows; pairs of rows move the error alone
    rows, _ = pbc
    arguments = (rows["time"], rows["state"], rows[["treated"]], DEATH)
    alone = fine_gray(*arguments, names=["treated"])
    same = fine_gray(*arguments, names=["treated"], cluster=np.arange(len(rows)) + 5)
    pairs = fine_gray(*arguments, names=["treated"], cluster=np.arange(len(rows)) // 2)
    assert same.se == pytest.approx(alone.se)
    assert pairs.coef == pytest.approx(alone.coef)
    assert pairs.se != pytest.approx(alone.se)
