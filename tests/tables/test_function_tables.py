"""Change, slope, decline and regression of function, on few subjects."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import wilcoxon

from counterarm.tables.function_decline import (
    function_decline_tests,
    function_regression,
    least_squares,
)
from counterarm.tables.function_groups import (
    function_change,
    function_change_tests,
    function_slope_groups,
    function_slope_tests,
)
from counterarm.tables.function_model import function_model

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def r_answers() -> dict:
    return json.loads((GOLDEN / "function.json").read_text())


def group(name: str, changes: list, position: int, weights=None, status=None):
    """Return members of a group and their changes."""
    n = len(changes)
    members = pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "comparison_set": "arms",
            "position": position,
            "group_name": name,
            "set_id": [f"{name}-{i:02d}" for i in range(n)],
            "usubjid": [f"{name}-{i:02d}" for i in range(n)],
            "arm": "treated",
            "weight": weights or [1.0] * n,
        }
    )
    measured = members[["analysis_id", "set_id", "usubjid", "arm", "weight"]].assign(
        window_id="month_12",
        baseline_total=40.0,
        change=pd.array(changes, dtype="Float64"),
        status=status or ["assessed" if x is not None else "lost" for x in changes],
    )
    return members, measured


def together(*groups):
    members, measured = zip(*groups, strict=True)
    return pd.concat(members), pd.concat(measured)


def test_members_are_counted_by_what_became_of_them():
    members, changes = group(
        "treated",
        [-4.0, -8.0, None, None, None, None, None],
        1,
        status=["assessed"] * 2
        + ["dead", "lost", "lost", "not assessed", "no baseline"],
    )
    twice = pd.concat([members, members.assign(endpoint="OTHER")])
    (row,) = function_change(twice, changes).to_dict("records")
    assert row["n"] == 7
    assert (row["n_assessed"], row["n_dead"], row["n_lost"]) == (2, 1, 2)
    assert (row["n_not_assessed"], row["n_no_baseline"]) == (1, 1)
    assert (row["mean"], row["median"], row["mean_baseline"]) == (-6, -6, 40)
    # t of one degree of freedom is 12.7062; the standard error is 2.
    assert row["sd"] == pytest.approx(np.sqrt(8))
    assert row["ci_low"] == pytest.approx(-6 - 12.7062047 * 2)


def test_the_tests_are_those_of_r(r_answers):
    expected = r_answers["groups"]
    members, changes = together(
        group("c", expected["c"], 1),
        group("b", expected["b"], 2),
        group("a", expected["a"], 3),
    )
    table = function_change_tests(members, changes)
    assert set(table["comparison"]) == {"a vs b vs c", "b vs c", "a vs c", "a vs b"}
    pair = table[table["comparison"] == "a vs b"].set_index("test")
    for test in ("welch", "t_test", "mann_whitney"):
        assert pair.loc[test, "p_value"] == pytest.approx(expected[test])
    assert pair.loc["welch", ["ci_low", "ci_high"]].tolist() == pytest.approx(
        expected["welch_ci"]
    )
    assert pair.loc["welch", "difference"] == pytest.approx(
        np.mean(expected["a"]) - np.mean(expected["b"])
    )
    assert set(pair["n"]) == {13}
    several = table[table["comparison"] == "a vs b vs c"].set_index("test")
    for test in ("anova", "kruskal_wallis"):
        assert several.loc[test, "p_value"] == pytest.approx(expected[test])


def test_members_with_weights_have_weighted_means_and_their_test():
    members, changes = together(
        group("control", [-1.0, -4.0, -10.0], 1, weights=[0.5, 0.5, 2.0]),
        group("treated", [-2.0, -6.0], 2),
    )
    table = function_change(members, changes).set_index("group_name")
    # (0.5 * -1 + 0.5 * -4 + 2 * -10) / 3
    assert table.loc["control", "mean"] == pytest.approx(-7.5)
    assert pd.isna(table.loc["control", "median"])
    se = np.sqrt((0.5 * 6.5) ** 2 + (0.5 * 3.5) ** 2 + (2 * 2.5) ** 2) / 3
    assert table.loc["control", "se"] == pytest.approx(se)
    tests = function_change_tests(members, changes).set_index("test")
    assert tests.loc["welch", "note"] == "not computed: the members have weights"
    weighted = tests.loc["weighted_means"]
    assert weighted["difference"] == pytest.approx(3.5)
    # The treated: residuals 2 and -2, two subjects.
    assert weighted["statistic"] == pytest.approx(3.5 / np.sqrt(se**2 + 2))


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ([-1.0], [-2.0, -3.0], "fewer than two values in a group"),
        ([None, None], [-2.0, -3.0], "fewer than two values in a group"),
        ([-1.0, -1.0], [-2.0, -2.0], "no values differ within a group"),
    ],
)
def test_a_test_that_cannot_be_made_leaves_rows_that_say_why(one, other, told):
    members, changes = together(group("control", one, 1), group("treated", other, 2))
    table = function_change_tests(members, changes)
    assert len(table) == 3
    assert set(table["note"]) == {f"not computed: {told}"}
    assert table["p_value"].isna().all()


def test_slopes_are_summarised_and_tested_as_changes_are():
    members, changes = together(
        group("control", [-1.0, -4.0, -9.0, None], 1),
        group("treated", [-2.0, -6.0, -5.0], 2),
    )
    slopes = changes.rename(columns={"change": "slope", "window_id": "period"})
    groups = function_slope_groups(members, slopes).set_index("group_name")
    assert groups.loc["control", ["n", "n_with_slope"]].tolist() == [4, 3]
    assert groups.loc["control", "mean"] == pytest.approx(-14 / 3)
    pd.testing.assert_frame_equal(
        function_slope_tests(members, slopes)[["test", "p_value", "statistic"]],
        function_change_tests(members, changes)[["test", "p_value", "statistic"]],
    )


def course(weight: float = 1.0):
    """Return the made-up course as members and series of one analysis."""
    rows = pd.read_csv(GOLDEN / "data" / "function_course.csv")
    series = pd.DataFrame(
        {
            "analysis_id": "a",
            "period": "entire",
            "set_id": rows["subject"],
            "usubjid": rows["subject"],
            "arm": "treated",
            "weight": weight,
            "day": range(len(rows)),
            "month": rows["month"],
            "total": rows["y"],
        }
    )
    names = rows.drop_duplicates("subject")
    members = pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "comparison_set": "arms",
            "position": names["group"] + 1,
            "group_name": names["group"].map({0: "control", 1: "treated"}),
            "set_id": names["subject"],
            "usubjid": names["subject"],
            "weight": weight,
        }
    )
    return members, series


def test_the_model_has_a_row_per_term_with_nlmes_numbers(r_answers):
    expected = r_answers["lme_course"]
    table = function_model(*course())
    assert table["term"].tolist() == ["intercept", "month", "group", "month_x_group"]
    assert set(table["comparison"]) == {"treated vs control"}
    assert table["estimate"].tolist() == pytest.approx(expected["estimate"], rel=1e-4)
    assert table["p_value_t"].tolist() == pytest.approx(expected["p_t"], rel=1e-3)
    assert table["sd_slope"].unique() == pytest.approx([expected["sd_slope"]], rel=1e-4)
    assert table["ci_high"].iloc[1] == pytest.approx(
        expected["estimate"][1] + 1.959964 * expected["se"][1], rel=1e-4
    )
    assert table["note"].isna().all()


def test_the_order_of_rows_does_not_move_the_model():
    members, series = course()
    plain = function_model(members, series)
    for seed in range(3):
        mixed = series.sample(frac=1, random_state=seed)
        pd.testing.assert_frame_equal(
            plain, function_model(members, mixed), check_exact=True
        )


def test_members_that_the_model_does_not_take_leave_rows_with_a_note():
    table = function_model(*course(weight=0.5))
    assert set(table["note"]) == {"not fitted: the members have weights"}
    assert len(table) == 4
    members, series = course()
    again = members.assign(set_id="again"), series.assign(set_id="again")
    table = function_model(
        pd.concat([members, again[0]]), pd.concat([series, again[1]])
    )
    assert set(table["note"]) == {
        "not fitted: a subject stands in several matched sets"
    }


def decline(*rows, arm="treated", start=0):
    """Return rows of (rate before, rate during, observed, predicted)."""
    return pd.DataFrame(
        [
            {
                "analysis_id": "a",
                "pair_id": f"a-{i}",
                "arm": arm,
                "usubjid": f"{arm}-{i}",
                "rate_before": before,
                "rate_during": during,
                "response_total": observed,
                "predicted_total": predicted,
            }
            for i, (before, during, observed, predicted) in enumerate(rows, start)
        ]
    ).convert_dtypes()


RATES = [
    (-1.0, -0.5, 37.0, 34.0),
    (-1.5, -1.0, 34.0, 31.0),
    (-0.5, -0.5, 38.0, 38.0),
    (-2.0, -1.2, 33.0, 28.5),
    (-0.7, -0.9, 35.0, 36.5),
    (-1.1, None, None, None),
]


def test_during_is_compared_with_before_and_observed_with_predicted():
    table = function_decline_tests(decline(*RATES))
    during = table[table["comparison"] == "during vs before"].set_index("test")
    row = during.loc["wilcoxon_normal"]
    assert (row["n"], row["n_zero"], row["n_left_out"]) == (5, 1, 1)
    # 0.5 and 0.5 tie: ranks 2.5, 2.5, 4 of 1 to 4, and 1 for the worse one.
    assert row["rank_sum"] == 9
    theirs = wilcoxon([0.5, 0.5, 0, 0.8, -0.2], correction=False, method="asymptotic")
    assert row["p_value"] == pytest.approx(theirs.pvalue)
    assert row["mean_first"] == pytest.approx(np.mean([-0.5, -1, -0.5, -1.2, -0.9]))
    observed = table[table["comparison"] == "observed vs predicted"]
    assert observed["median_difference"].unique() == pytest.approx([3.0])


def test_differences_that_are_equal_but_for_rounding_tie():
    rows = [(-0.3, -0.2, 1, 1), (-0.2, -0.1, 1, 1), (-0.1, 0.2, 1, 1)]
    table = function_decline_tests(decline(*rows)).set_index(["comparison", "test"])
    row = table.loc[("during vs before", "wilcoxon_normal")]
    theirs = wilcoxon([1, 1, 3], correction=False, method="asymptotic")
    assert row["p_value"] == pytest.approx(theirs.pvalue)
    none = table.loc[("observed vs predicted", "wilcoxon_exact")]
    assert none["note"] == "not computed: no difference is other than zero"
    assert none["n_zero"] == 3


def test_a_treated_subject_of_several_pairs_counts_once():
    once = decline(*RATES)
    twice = pd.concat([once, once.assign(pair_id=once["pair_id"] + "-b")])
    pd.testing.assert_frame_equal(
        function_decline_tests(once), function_decline_tests(twice)
    )


def test_the_regression_and_its_standardised_coefficients_are_those_of_r(r_answers):
    expected = r_answers["lm_birthwt"]
    births = pd.read_csv(GOLDEN / "data" / "birthwt.csv")
    X = np.column_stack(
        [
            np.ones(len(births)),
            births["age"],
            births["smoke"],
            births["class"] == "white",
        ]
    ).astype(float)
    table = pd.DataFrame(
        least_squares(
            births["lwt"].to_numpy(float), X, ["intercept", "age", "smoke", "white"]
        )
    )
    for column in ("coef", "se", "p_value"):
        assert table[column].tolist() == pytest.approx(expected[column])
    assert table["beta"].tolist()[1:] == pytest.approx(expected["beta"])
    assert table["beta_se"].tolist()[1:] == pytest.approx(expected["beta_se"])
    assert pd.isna(table["beta"].iloc[0])
    assert table["r_squared"].unique() == pytest.approx([expected["r_squared"]])


def regression_rows(loss_treated, loss_control, age):
    rows = []
    for i, (treated, control) in enumerate(
        zip(loss_treated, loss_control, strict=True)
    ):
        for arm, loss in (("treated", treated), ("control", control)):
            place = {"analysis_id": "a", "model_id": "m", "pair_id": f"a-{i}"}
            place |= {"arm": arm, "usubjid": f"{arm}-{i}", "loss": loss}
            rows.append(
                place
                | {"position": 1, "term": "treated", "value": float(arm == "treated")}
            )
            rows.append(place | {"position": 2, "term": "age", "value": age[i]})
    return pd.DataFrame(rows).convert_dtypes()


def test_the_models_of_the_protocol_the_pairs_and_the_periods_are_fitted():
    lost = [0.5, 1.0, 0.5, 1.2, 0.9, None]
    control = [0.8, 1.5, 0.4, 1.9, 1.0, 1.0]
    rates = pd.concat(
        [
            decline(*RATES),
            decline(*[(-1.0, -x, 30.0, 30.0) for x in control], arm="control"),
        ]
    )
    table = function_regression(
        regression_rows(lost, control, [50, 60, 55, 70, None, 61]), rates
    ).set_index(["model_id", "term"])
    assert table.loc["m"].index.tolist() == ["intercept", "treated", "age"]
    # 12 members, one without an outcome and two without an age.
    assert table.loc[("m", "age"), ["n", "n_left_out"]].tolist() == [9, 3]
    paired = np.array(control[:5]) - np.array(lost[:5], float)
    row = table.loc[("pairs", "treated")]
    assert row["coef"] == pytest.approx(-paired.mean())
    assert row["se"] == pytest.approx(paired.std(ddof=1) / np.sqrt(5))
    assert (row["n"], row["n_left_out"], row["df"]) == (5, 1, 4)
    row = table.loc[("periods", "during")]
    assert row["coef"] == pytest.approx(0.82 - 1.14)
    assert (row["n"], row["n_left_out"]) == (10, 2)


def test_a_regression_that_cannot_be_made_leaves_rows_that_say_why():
    table = function_regression(
        regression_rows([1.0, 2.0], [1.5, 1.0], [50, None]), decline(RATES[0])
    )
    notes = table.drop_duplicates("model_id").set_index("model_id")["note"]
    assert notes["m"] == "not fitted: needs more rows than terms"
    assert notes["pairs"] == "not fitted: needs more rows than terms"
    assert table["coef"].isna().all()
