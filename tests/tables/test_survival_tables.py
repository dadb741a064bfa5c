"""Curves, summaries and tests of groups small enough to be worked out on paper."""

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.survival import survival_curves, survival_summary
from counterarm.tables.survival_tests import benjamini_hochberg, survival_tests

# (days, event) of each group; + is censored.
CONTROL = [(1, True), (2, True), (3, False), (4, True)]  # S: .75, .5, .5, 0
MULTIPLE = [(5, False), (6, False)]
SINGLE = [(2, True), (6, False)]


def group(name: str, outcomes: list, comparison_set: str, position: int) -> list[dict]:
    return [
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "comparison_set": comparison_set,
            "position": position,
            "group_name": name,
            "set_id": f"a-{i}",
            "usubjid": f"{name}-{i}",
            "arm": "control" if name == "control" else "treated",
            "weight": 1.0,
            "days": days,
            "is_event": is_event,
        }
        for i, (days, is_event) in enumerate(outcomes)
    ]


@pytest.fixture
def members() -> pd.DataFrame:
    """Two arms, and the same controls against two groups of the treated."""
    return pd.DataFrame(
        group("control", CONTROL, "arms", 1)
        + group("treated", SINGLE + MULTIPLE, "arms", 2)
        + group("control", CONTROL, "doses", 1)
        + group("single_cycle", SINGLE, "doses", 2)
        + group("multiple", MULTIPLE, "doses", 3)
    )


def test_a_curve_steps_down_at_events_only(members):
    curves = survival_curves(members).query("conf_type == 'log'")
    control = curves[curves["group_name"] == "control"]
    columns = ["day", "n_risk", "n_event", "n_censored", "survival"]
    assert control[columns].to_numpy(float).tolist() == [
        [1, 4, 1, 0, 0.75],
        [2, 3, 1, 0, 0.5],
        [3, 2, 0, 1, 0.5],
        [4, 1, 1, 0, 0.0],
    ]


def test_a_plain_band_is_greenwoods(members):
    curves = survival_curves(members).query("conf_type == 'plain' and day == 1")
    first = curves[curves["group_name"] == "control"].iloc[0]
    # Var S(1) = S^2 * 1 / (4 * 3) = (3/4)^2 / 12
    half = 1.959963984540054 * np.sqrt(0.75**2 / 12)
    assert first["ci_low"] == pytest.approx(0.75 - half)
    assert first["ci_high"] == 1.0  # 0.75 + half is more than 1


def test_a_group_of_two_sets_is_counted_once(members):
    curves = survival_curves(members)
    keys = ["analysis_id", "endpoint", "group_name", "day", "conf_type"]
    assert not curves.duplicated(keys).any()
    summary = survival_summary(members).query("conf_type == 'log'")
    n = summary.set_index("group_name")["n"].to_dict()
    assert n == {"control": 4, "treated": 4, "single_cycle": 2, "multiple": 2}


def test_a_curve_that_rests_at_one_half_has_its_median_in_the_middle(members):
    summary = survival_summary(members).query("conf_type == 'log'")
    medians = summary.set_index("group_name")["median_days"]
    assert medians["control"] == 3  # from day 2 to the next event on day 4
    assert pd.isna(medians["treated"])


def test_restricted_means_run_to_the_smaller_of_the_arms_last_days(members):
    summary = survival_summary(members).query("conf_type == 'log'")
    rows = summary.set_index("group_name")
    assert rows["tau"].tolist() == [4] * 4
    assert rows.loc["control", "rmst_days"] == pytest.approx(1 + 0.75 + 0.5 * 2)
    assert rows.loc["treated", "rmst_days"] == pytest.approx(2 + 0.75 * 2)
    assert rows.loc["multiple", "rmst_days"] == 4
    assert set(rows["tau_rule"]) == {"smaller of the arms' last observed times"}


def test_a_group_that_was_followed_for_less_has_its_own_last_day(members):
    short = group("korean", [(1, True), (2, False)], "countries", 1)
    other = group("non_korean", SINGLE, "countries", 2)
    summary = survival_summary(pd.concat([members, pd.DataFrame(short + other)]))
    row = summary.query("group_name == 'korean' and conf_type == 'log'").iloc[0]
    assert row["tau"] == 2
    assert "the group's last day" in row["tau_rule"]
    assert row["rmst_days"] == pytest.approx(1 + 0.5)


def test_the_later_group_is_named_before_the_earlier(members):
    tests = survival_tests(members).query("test == 'log_rank'")
    assert tests.groupby("comparison_set")["comparison"].apply(list).to_dict() == {
        "arms": ["treated vs control"],
        "doses": [
            "multiple vs single_cycle vs control",
            "single_cycle vs control",
            "multiple vs control",
            "multiple vs single_cycle",
        ],
    }


def test_log_rank_by_hand(members):
    row = survival_tests(members).query(
        "test == 'log_rank' and comparison == 'multiple vs control'"
    )
    # At days 1, 2, 4 there are 4, 3, 1 controls and 2, 2, 2 treated at risk, one event
    # each: expected controls 4/6 + 3/5 + 1/3, variance 8/36 + 6/25 + 2/9.
    expected, variance = 4 / 6 + 3 / 5 + 1 / 3, 8 / 36 + 6 / 25 + 2 / 9
    assert row["statistic"].item() == pytest.approx((3 - expected) ** 2 / variance)
    assert row["df"].item() == 1


def test_only_pairs_of_several_groups_are_adjusted(members):
    tests = survival_tests(members).query("test == 'log_rank'")
    adjusted = tests.set_index("comparison")["p_adjusted"].notna()
    assert adjusted.to_dict() == {
        "treated vs control": False,
        "multiple vs single_cycle vs control": False,
        "single_cycle vs control": True,
        "multiple vs control": True,
        "multiple vs single_cycle": True,
    }


def test_a_comparison_without_an_event_says_that_it_was_not_computed(members):
    censored = members.assign(is_event=False)
    tests = survival_tests(censored)
    assert tests["statistic"].isna().all()
    assert tests["p_value"].isna().all()
    assert tests["definition"].str.startswith("not computed: ").all()
    assert survival_summary(censored)["n_events"].eq(0).all()


@pytest.mark.parametrize(
    "function", [survival_curves, survival_summary, survival_tests]
)
def test_the_order_of_rows_does_not_matter(members, function):
    shuffled = members.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        function(members), function(shuffled), check_exact=True
    )


@pytest.mark.parametrize(
    "function", [survival_curves, survival_summary, survival_tests]
)
def test_nobody_matched_gives_an_empty_table_of_the_same_types(members, function):
    empty = function(members.iloc[:0])
    assert len(empty) == 0
    assert empty.dtypes.equals(function(members).dtypes)


def test_false_discovery_rates_by_hand():
    # Sorted: .01 * 3/1, .03 * 3/2, .04 * 3/3, each no larger than the next.
    assert benjamini_hochberg([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.04, 0.04])
    assert benjamini_hochberg([0.9, 0.8]) == pytest.approx([0.9, 0.9])


def test_a_test_that_was_not_computed_does_not_count_for_the_adjustment():
    adjusted = benjamini_hochberg([0.01, np.nan, 0.04])
    assert adjusted == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)


def test_a_weighted_curve_counts_subjects_and_adds_up_weights(members):
    """Controls of weight 1, 2, 1, 2: S falls by the weight of who dies."""
    control = members["group_name"] == "control"
    weight = np.where(control & (members.groupby("group_name").cumcount() % 2), 2.0, 1)
    curves = survival_curves(members.assign(weight=weight))
    rows = curves.query("group_name == 'control' and conf_type == 'log'")
    assert rows["n_risk"].tolist() == [4, 3, 2, 1]
    assert rows["n_risk_weighted"].tolist() == [6, 5, 3, 2]
    s = 5 / 6 * 3 / 5
    assert rows["survival"].tolist() == pytest.approx([5 / 6, s, s, 0])
    assert set(rows["weighting"]) == {"case weights"}
    others = curves.query("group_name != 'control'")
    plain = survival_curves(members).query("group_name != 'control'")
    pd.testing.assert_frame_equal(others, plain)
    summary = survival_summary(members.assign(weight=weight)).set_index("group_name")
    assert summary.loc["control", "n_weighted"].tolist() == [6] * 3
    assert summary.loc["control", "rmst_days"].iloc[0] == pytest.approx(
        1 + 5 / 6 + s * 2
    )


def test_a_control_of_two_sets_counts_as_one_of_weight_2(members):
    """The same estimate and the same band, whether it is weighted or repeated."""
    control = members[members["comparison_set"] == "arms"]
    first = control["usubjid"] == "control-0"
    again = pd.concat([control, control[first].assign(set_id="a-9")])
    heavy = control.assign(weight=np.where(first, 2.0, 1.0))
    columns = ["survival", "ci_low", "ci_high"]
    keys = ["group_name", "conf_type", "day"]
    one = survival_curves(again).set_index(keys)
    two = survival_curves(heavy).set_index(keys)
    pd.testing.assert_frame_equal(one[columns], two[columns])
    assert one.loc["control", "weighting"].eq("repeated subjects").all()
    assert one.loc[("control", "log", 1), "n_risk"] == 5
