"""Table 1 of the papers: values by hand, p values as printed."""

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.baseline import baseline_table, baseline_tests

VARIABLES = pd.DataFrame(
    {"variable": ["age", "sex"], "kind": ["numeric", "categorical"]}
)
NOBODY = pd.DataFrame(
    columns=["analysis_id", "set_id", "usubjid", "arm", "weight", "age", "sex"]
)
NO_GROUPS = pd.DataFrame(
    columns=[
        "analysis_id",
        "comparison_set",
        "subgroup",
        "position",
        "group_name",
        "set_id",
        "usubjid",
    ]
)


def sample(treated: dict, control: dict) -> pd.DataFrame:
    """Return the eligible subjects of an analysis, a column for each variable."""
    arms = [
        pd.DataFrame(columns).assign(arm=arm)
        for arm, columns in (("treated", treated), ("control", control))
    ]
    rows = pd.concat(arms, ignore_index=True)
    for name in VARIABLES["variable"]:
        if name not in rows:
            rows[name] = None
    return rows.assign(
        analysis_id="a",
        usubjid=[f"S-{i:04d}" for i in range(len(rows))],
        set_id=[f"a/{i:04d}" for i in range(len(rows))],
        weight=1.0,
        is_eligible=True,
    )


def p_values(rows: pd.DataFrame) -> dict[str, float]:
    tests = baseline_tests(rows, NOBODY, NO_GROUPS, VARIABLES)
    p_values = tests.set_index("test")["p_value"].astype(object)
    return p_values.where(p_values.notna(), None).to_dict()


def two_levels(treated: tuple[int, int], control: tuple[int, int]) -> pd.DataFrame:
    def column(counts):
        return {"sex": ["M"] * counts[0] + ["F"] * counts[1]}

    return sample(column(treated), column(control))


@pytest.mark.parametrize(
    ("treated", "control", "printed"),
    [
        pytest.param((95, 62), (94, 63), "1.000", id="sex"),
        pytest.param((34, 123), (31, 126), "0.781", id="onset site"),
        pytest.param((141, 16), (141, 16), "1.000", id="riluzole"),
    ],
)
def test_nam_2023_printed_the_chi_square_with_the_correction_of_yates(
    treated, control, printed
):
    found = p_values(two_levels(treated, control))
    assert f"{found['chi_square_yates']:.3f}" == printed


def test_chi_square_by_hand():
    # 200 (30 * 20 - 20 * 30)^2 ... is 0; 10:20 against 20:10 is 60 * 300^2 / 30^4.
    rows = two_levels((10, 20), (20, 10))
    tests = baseline_tests(rows, NOBODY, NO_GROUPS, VARIABLES).set_index("test")[
        "statistic"
    ]
    assert tests["chi_square"] == pytest.approx(60 * 300**2 / 30**4)
    assert tests["chi_square_yates"] == pytest.approx(60 * (300 - 30) ** 2 / 30**4)
    # The odds of F are 20:10 among the treated, 10:20 among the controls.
    assert tests["fisher_exact"] == pytest.approx(2 / 0.5)


def test_three_levels_have_one_chi_square():
    rows = sample({"sex": list("ABCA")}, {"sex": list("ABCC")})
    tests = baseline_tests(rows, NOBODY, NO_GROUPS, VARIABLES)
    assert tests["test"].tolist() == ["chi_square"]
    (note,) = tests["note"]
    assert note.startswith("6 of 6 cells expect fewer than 5 (least 1.00)")
    assert tests["comparison"].tolist() == ["treated vs control"]


def test_t_tests_by_hand():
    rows = sample({"age": [1.0, 2.0, 3.0]}, {"age": [2.0, 3.0, 4.0]})
    tests = baseline_tests(rows, NOBODY, NO_GROUPS, VARIABLES).set_index("test")
    # Difference -1, variance 1 in each arm, so the error is sqrt(1/3 + 1/3).
    assert tests.loc["t_test", "statistic"] == pytest.approx(-np.sqrt(1.5))
    assert tests.loc["welch", "statistic"] == pytest.approx(-np.sqrt(1.5))
    # 1 < 2, 3, 4; 2 = 2 < 3, 4; 3 > 2, 3 = 3, 3 < 4: half points for ties
    assert tests.loc["mann_whitney", "statistic"] == 2.0


@pytest.mark.parametrize(
    ("treated", "control", "tests", "why"),
    [
        pytest.param(
            {"age": [1.0, None]},
            {"age": [2.0, 3.0]},
            [
                "t_test",
                "welch",
                "mann_whitney",
                "mann_whitney_no_correction",
                "mann_whitney_exact",
            ],
            "known of fewer than two in a group",
            id="known of one",
        ),
        pytest.param(
            {"sex": ["F", "F"]},
            {"sex": ["F", None]},
            ["chi_square"],
            "fewer than two levels, or a group with none known",
            id="one level",
        ),
        pytest.param(
            {"sex": ["F", "M"]},
            {"sex": [None, None]},
            ["chi_square"],
            "fewer than two levels, or a group with none known",
            id="known of no control",
        ),
    ],
)
def test_what_cannot_be_compared_has_rows_that_say_why(treated, control, tests, why):
    found = baseline_tests(sample(treated, control), NOBODY, NO_GROUPS, VARIABLES)
    assert found["test"].tolist() == tests
    assert found["p_value"].isna().all()
    assert set(found["note"]) == {f"not computed: {why}"}


def test_equal_values_have_no_test_and_groups_without_variance_no_t():
    assert set(p_values(sample({"age": [5.0, 5.0]}, {"age": [5.0, 5.0]})).values()) == {
        None
    }
    apart = p_values(sample({"age": [5.0, 5.0]}, {"age": [6.0, 6.0]}))
    assert apart["t_test"] is None
    assert 0 < apart["mann_whitney"] < 1


def test_numbers_are_described_by_arm_with_the_missing_counted():
    rows = sample({"age": [1.0, 2.0, 3.0, 4.0, None]}, {"age": [7.0]})
    table = baseline_table(rows, NOBODY, NO_GROUPS, VARIABLES)
    table = table[table["variable"] == "age"]
    values = {
        arm: own.set_index("statistic")["value"].to_dict()
        for arm, own in table.groupby("group_name")
    }
    assert values["treated"] == {
        "n": 4,
        "n_missing": 1,
        "mean": 2.5,
        "sd": pytest.approx(np.sqrt(5 / 3)),
        "median": 2.5,
        "q1": 1.75,
        "q3": 3.25,
        "min": 1,
        "max": 4,
    }
    assert values["control"]["n"] == 1
    assert pd.isna(values["control"]["sd"])
    assert set(table["sample"]) == {"unmatched"}


def test_levels_have_a_count_and_a_percentage_of_the_known():
    rows = sample({"sex": ["F", "M", "M", "M", None]}, {"sex": ["M", "M"]})
    table = baseline_table(rows, NOBODY, NO_GROUPS, VARIABLES)
    treated = table[(table["group_name"] == "treated") & (table["variable"] == "sex")]
    found = {
        (None if pd.isna(row.level) else row.level, row.statistic): row.value
        for row in treated.itertuples()
    }
    assert found == {
        (None, "n_missing"): 1,
        ("F", "n"): 1,
        ("F", "percent"): 25,
        ("M", "n"): 3,
        ("M", "percent"): 75,
    }


def test_only_the_eligible_are_described_and_the_matched_beside_them():
    rows = sample({"age": [1.0, 2.0, 9.0]}, {"age": [3.0, 5.0]})
    rows.loc[2, "is_eligible"] = False
    # a control of two sets counts in both
    matched = rows.iloc[[0, 3, 3]].assign(set_id=["a/1", "a/1", "a/2"])
    table = baseline_table(rows, matched, NO_GROUPS, VARIABLES).query(
        "statistic == 'n'"
    )
    n = table.set_index(["sample", "group_name"])["value"].to_dict()
    assert n == {
        ("unmatched", "treated"): 2,
        ("unmatched", "control"): 2,
        ("matched", "treated"): 1,
        ("matched", "control"): 2,
    }


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(7)
    rows = sample({"age": rng.normal(size=50)}, {"age": rng.normal(size=70)})
    shuffled = rows.sample(frac=1, random_state=8)
    for function in (baseline_table, baseline_tests):
        pd.testing.assert_frame_equal(
            function(rows, rows, NO_GROUPS, VARIABLES),
            function(shuffled, shuffled, NO_GROUPS, VARIABLES),
            check_exact=True,
        )


def test_nobody_eligible_gives_empty_tables():
    nobody = sample({"age": []}, {"age": []})
    assert len(baseline_table(nobody, NOBODY, NO_GROUPS, VARIABLES)) == 0
    assert len(baseline_tests(nobody, NOBODY, NO_GROUPS, VARIABLES)) == 0
