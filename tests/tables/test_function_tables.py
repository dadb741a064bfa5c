"""Change and slope of function by group and its mixed models, on few subjects."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

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
            "subgroup": None,
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
    ("one", "other", "message"),
    [
        ([-1.0], [-2.0, -3.0], "fewer than two values in a group"),
        ([None, None], [-2.0, -3.0], "fewer than two values in a group"),
        ([-1.0, -1.0], [-2.0, -2.0], "no values differ within a group"),
    ],
)
def test_a_test_that_cannot_be_made_leaves_rows_that_say_why(one, other, message):
    members, changes = together(group("control", one, 1), group("treated", other, 2))
    table = function_change_tests(members, changes)
    assert len(table) == 3
    assert set(table["note"]) == {f"not computed: {message}"}
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
            "subgroup": None,
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
    assert set(table["note"]) == {"not fitted: a subject is in several matched sets"}


def matched_twice(members: pd.DataFrame, changes: pd.DataFrame, subject: str):
    """Let one subject stand in a second matched set, with the same values."""
    return tuple(
        pd.concat([rows, rows[rows["usubjid"] == subject].assign(set_id="again")])
        for rows in (members, changes)
    )


def test_rows_of_one_subject_are_not_independent():
    members, changes = together(
        group("control", [-1.0, -4.0, -10.0], 1), group("treated", [-2.0, -6.0], 2)
    )
    members, changes = matched_twice(members, changes, "control-02")
    table = function_change(members, changes).set_index("group_name")
    # -1, -4 and twice -10: a weighted mean of three subjects, weights 1, 1 and 2
    assert table.loc["control", "n_assessed"] == 4
    assert table.loc["control", "mean"] == pytest.approx(-25 / 4)
    assert pd.isna(table.loc["control", "median"])
    squares = (-1 + 6.25) ** 2 + (-4 + 6.25) ** 2 + (2 * (-10 + 6.25)) ** 2
    se = np.sqrt(squares) / 4
    assert table.loc["control", "se"] == pytest.approx(se)
    tests = function_change_tests(members, changes).set_index("test")
    note = "not computed: a subject is in several matched sets"
    assert tests.loc[["welch", "t_test", "mann_whitney"], "note"].eq(note).all()
    # the treated: residuals 2 and -2, two subjects
    assert tests.loc["weighted_means", "statistic"] == pytest.approx(
        (-4 + 6.25) / np.sqrt(se**2 + 2)
    )
    once = function_change_tests(
        *together(
            group("control", [-1.0, -4.0, -10.0], 1), group("treated", [-2.0, -6.0], 2)
        )
    )
    assert "weighted_means" not in set(once["test"])


def test_a_mean_of_one_is_its_value_as_the_median_is():
    members, changes = group("treated", [-4.0], 1)
    (row,) = function_change(members, changes).to_dict("records")
    assert (row["mean"], row["median"]) == (-4, -4)
    assert pd.isna(row["sd"]) and pd.isna(row["ci_low"])
