"""Tables of rows with delayed entry, against R's survival 3.5-3.

d: the twelve rows below, x = treated. By arm survfit(Surv(entry, time, event) ~ 1) and
summary(., rmean = 420)$table; coxph(Surv(entry, time, event) ~ x), whose score test is,
without ties, the log-rank test; cox.zph; coxph(..., cluster = pair).
"""

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.cox import cox_table, proportional_hazards_table
from counterarm.tables.survival import survival_curves, survival_summary
from counterarm.tables.survival_differences import survival_differences
from counterarm.tables.survival_tests import survival_tests
from counterarm.tables.trust.outcomes import matched_outcomes, share_with_event
from counterarm.tables.trust.rosenbaum import rosenbaum_table

ENTRY = [0, 30, 60, 10, 90, 45, 120, 0, 75, 20, 150, 5]
DAYS = [200, 310, 150, 420, 365, 95, 500, 260, 130, 610, 480, 340]
EVENT = [1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1]
ARM = ["control"] * 6 + ["treated"] * 6


@pytest.fixture
def members() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "comparison_set": "arms",
            "position": np.repeat([1, 2], 6),
            "group_name": ARM,
            "set_id": [f"a-{i % 6}" for i in range(12)],
            "usubjid": [f"S-{i:02}" for i in range(12)],
            "arm": ARM,
            "weight": 1.0,
            "days": DAYS,
            "is_event": np.array(EVENT, bool),
            # null where a subject is observed from time zero
            "entry_days": pd.array([e or None for e in ENTRY], dtype="Int64"),
        }
    )


@pytest.fixture
def design(members) -> pd.DataFrame:
    return members.assign(
        model_id="crude",
        position=1,
        term="treated",
        value=(members["arm"] == "treated").astype(float),
    )


def plans(*variances: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "model_id": "crude",
            "endpoint": "OS",
            "ties": "efron",
            "variance": variances,
        }
    )


def test_a_curve_counts_who_has_entered(members):
    curves = survival_curves(members).query("conf_type == 'log'")
    control = curves[curves["group_name"] == "control"]
    assert control["n_risk"].tolist() == [6, 5, 4, 3, 2, 1]
    assert control["survival"].tolist() == pytest.approx(
        [5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6, 1 / 6]
    )
    treated = curves[curves["group_name"] == "treated"]
    assert treated["day"].tolist() == [130, 260, 340, 480, 500, 610]
    # the patient who enters on day 150 is not at risk on day 130
    assert treated["n_risk"].tolist() == [5, 5, 4, 3, 2, 1]
    assert treated["survival"].tolist() == pytest.approx(
        [0.8, 0.64, 0.48, 0.48, 0.48, 0]
    )
    assert treated["ci_low"].iloc[:3].tolist() == pytest.approx(
        [0.516125760342, 0.344355014481, 0.207385558660]
    )


def test_medians_and_restricted_means_are_those_of_r(members):
    found = (
        survival_summary(members).query("conf_type == 'log'").set_index("group_name")
    )
    assert found["median_days"].to_dict() == {"control": 255, "treated": 340}
    assert found["median_ci_low"].to_dict() == {"control": 150, "treated": 260}
    assert found["median_ci_high"].isna().all()
    assert set(found["tau"]) == {420}
    assert found["rmst_days"].to_dict() == pytest.approx(
        {"control": 256.6666666667, "treated": 323.6}
    )
    assert found["rmst_se"].to_dict() == pytest.approx(
        {"control": 47.7212197541, "treated": 48.972808782}
    )


def test_differences_have_the_variance_of_both_arms(members):
    found = survival_differences(members).set_index(["measure", "variance"])
    row = found.loc[("rmst_difference", "naive")]
    assert row["estimate"] == pytest.approx(323.6 - 256.6666666667)
    # by arm survfit(..., id, robust = TRUE, influence = 1)$influence.surv, integrated
    # over the days up to 420 and squared: 2277.315 and 2249.651
    assert row["se"] == pytest.approx(67.2827319215)
    assert "robust by subject, as entry is delayed" in row["definition"]


def test_the_log_rank_test_is_the_score_test_of_r(members):
    found = survival_tests(members).set_index("test")
    for test in ("log_rank", "cox_mantel"):
        row = found.loc[test]
        square = row["statistic"] ** (2 if row["statistic_kind"] == "z" else 1)
        assert square == pytest.approx(0.965048079318)
        assert "at risk from entry" in row["definition"]
    for test in ("gehan", "gehan_uncorrected", "cox_f", "peto_peto"):
        row = found.loc[test]
        assert pd.isna(row["p_value"])
        assert row["definition"] == (
            "not computed: the test is not implemented for delayed entry"
        )


def test_the_hazard_ratio_is_that_of_coxph(design):
    found = cox_table(design, plans("cluster", "naive")).set_index("variance")
    assert found["coef"].to_list() == pytest.approx([-0.713255393663] * 2)
    assert found.loc["naive", "se"] == pytest.approx(0.740268496602)
    assert found.loc["cluster", "se"] == pytest.approx(0.438980154101)


def test_proportional_hazards_are_tested_as_by_cox_zph(design):
    found = proportional_hazards_table(design, plans("naive")).set_index("term")
    assert found.loc["treated", "statistic"] == pytest.approx(0.0543563719058)
    assert found.loc["GLOBAL", "p_value"] == pytest.approx(0.815649177495)


def test_entry_at_time_zero_changes_nothing(members):
    none = members.drop(columns="entry_days")
    zero = members.assign(entry_days=pd.array([None] * 12, dtype="Int64"))
    for table in (survival_curves, survival_summary, survival_tests):
        pd.testing.assert_frame_equal(table(zero), table(none))


def test_the_share_with_an_event_counts_who_has_entered(members):
    outcomes = matched_outcomes(members, members)
    # summary(survfit(Surv(entry, time, event) ~ 1), times = 420)$surv is 0.32
    assert share_with_event(outcomes) == pytest.approx(0.68)


def test_pairs_that_are_not_at_risk_together_have_no_bounds(members):
    main = pd.DataFrame(
        {"analysis_id": ["a"], "model_id": "crude", "endpoint": "OS", "ties": "efron"}
    )
    rules = pd.DataFrame({"analysis_id": ["a"], "follow_up_rule": "as_recorded"})
    found = rosenbaum_table(matched_outcomes(members, members), main, rules)
    assert found["p_upper"].isna().all()
    assert found["note"].str.contains("entry is delayed").all()
