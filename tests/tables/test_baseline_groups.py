"""Groups of the matched: who is in them, how they are compared, and weights."""

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.baseline import baseline_table, baseline_tests

VARIABLES = pd.DataFrame(
    {"variable": ["age", "sex"], "kind": ["numeric", "categorical"]}
)
KEYS = ["analysis_id", "set_id", "usubjid", "arm"]


def matched_rows(rows: list[tuple]) -> pd.DataFrame:
    """Return matched subjects: set_id, usubjid, arm, weight, age, sex."""
    columns = ["set_id", "usubjid", "arm", "weight", "age", "sex"]
    return pd.DataFrame(rows, columns=columns).assign(analysis_id="a", is_eligible=True)


def members_of(matched: pd.DataFrame, *groups: tuple) -> pd.DataFrame:
    """Return members: comparison set, position, group and the subjects in it."""
    rows = [
        matched.loc[matched["usubjid"].isin(subjects), KEYS].assign(
            comparison_set=name,
            subgroup=name.removeprefix("subgroup ") if "subgroup " in name else None,
            position=position,
            group_name=group,
            endpoint=endpoint,
        )
        for name, position, group, subjects in groups
        for endpoint in ("OS", "OSVENT")
    ]
    return pd.concat(rows, ignore_index=True)


MATCHED = matched_rows(
    [
        ("a/1", "T1", "treated", 1.0, 50.0, "M"),
        ("a/2", "T2", "treated", 1.0, 60.0, "F"),
        ("a/3", "T3", "treated", 1.0, 40.0, "M"),
        ("a/4", "T4", "treated", 1.0, 46.0, "F"),
        ("a/1", "C1", "control", 1.0, 51.0, "M"),
        ("a/2", "C2", "control", 1.0, 58.0, "F"),
        ("a/3", "C3", "control", 1.0, 41.0, "M"),
        ("a/4", "C4", "control", 1.0, 44.0, "F"),
    ]
)
ARMS = [
    ("arms", 1, "control", ["C1", "C2", "C3", "C4"]),
    ("arms", 2, "treated", ["T1", "T2", "T3", "T4"]),
]
DOSES = [
    ("doses", 1, "control", ["C1", "C2", "C3", "C4"]),
    ("doses", 2, "single_cycle", ["T1", "T2"]),
    ("doses", 3, "multiple", ["T3", "T4"]),
]


def table(matched: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    return baseline_table(matched.head(0), matched, members, VARIABLES)


def values(found: pd.DataFrame, group: str, variable: str) -> dict:
    own = found[(found["group_name"] == group) & (found["variable"] == variable)]
    return {
        (None if pd.isna(row.level) else row.level, row.statistic): row.value
        for row in own.itertuples()
    }


def test_the_groups_of_every_set_stand_beside_the_arms_each_once():
    found = table(MATCHED, members_of(MATCHED, *ARMS, *DOSES))
    assert set(found["sample"]) == {"matched"}
    assert not found.duplicated(
        ["analysis_id", "variable", "level", "group_name", "statistic"]
    ).any()
    means = found[found["statistic"] == "mean"].set_index("group_name")["value"]
    assert means.to_dict() == {
        "control": 48.5,
        "treated": 49.0,
        "single_cycle": 55.0,
        "multiple": 43.0,
    }
    assert not found["is_weighted"].any()


def test_a_set_is_compared_as_a_whole_and_by_pairs_the_later_group_first():
    members = members_of(MATCHED, *ARMS, *DOSES)
    found = baseline_tests(MATCHED.head(0), MATCHED, members, VARIABLES)
    assert not found.duplicated(["variable", "comparison", "test"]).any()
    assert found["comparison"].drop_duplicates().tolist() == [
        "treated vs control",
        "multiple vs single_cycle vs control",
        "single_cycle vs control",
        "multiple vs control",
        "multiple vs single_cycle",
    ]
    ages = found[found["variable"] == "age"].set_index(["comparison", "test"])
    assert ages.loc[("multiple vs single_cycle", "t_test"), "difference"] == -12.0
    assert ages.loc["multiple vs single_cycle vs control"].index.tolist() == [
        "anova",
        "kruskal_wallis",
    ]


def test_one_name_for_different_subjects_in_two_sets_is_told_apart():
    other = ("others", 1, "control", ["C1", "C2"])
    members = members_of(MATCHED, *ARMS, other, ("others", 2, "rest", ["C3", "C4"]))
    found = table(MATCHED, members)
    assert values(found, "control", "age")[None, "n"] == 4
    assert values(found, "others: control", "age")[None, "n"] == 2
    tests = baseline_tests(MATCHED.head(0), MATCHED, members, VARIABLES)
    assert set(tests["comparison"]) == {"treated vs control", "rest vs others: control"}


# T1 has three controls, T2 one; C4 is the control of both.
WEIGHTED = matched_rows(
    [
        ("a/1", "T1", "treated", 1.0, 50.0, "M"),
        ("a/2", "T2", "treated", 1.0, 60.0, "F"),
        ("a/1", "C1", "control", 0.25, 40.0, "M"),
        ("a/1", "C2", "control", 0.25, 44.0, "F"),
        ("a/1", "C4", "control", 0.50, 52.0, "M"),
        ("a/2", "C4", "control", 1.00, 52.0, "M"),
    ]
)


def test_a_weighted_group_has_weighted_statistics_by_hand():
    found = table(WEIGHTED, NO_MEMBERS)
    age = values(found, "control", "age")
    # 40 and 44 weigh 1/4 each, 52 weighs 3/2
    assert age[None, "n"] == 4
    assert age[None, "n_subjects"] == 3
    assert age[None, "weight"] == 2.0
    mean = (40 * 0.25 + 44 * 0.25 + 52 * 1.5) / 2
    assert age[None, "mean"] == pytest.approx(mean)
    squares = 0.25**2 + 0.25**2 + 1.5**2
    assert age[None, "ess"] == pytest.approx(2**2 / squares)
    spread = sum(w * (x - mean) ** 2 for x, w in ((40, 0.25), (44, 0.25), (52, 1.5)))
    assert age[None, "sd"] == pytest.approx(np.sqrt(spread / (2 - squares / 2)))
    # half of the weight up to 1/4 of it ends at 44 exactly: between 44 and 52
    assert age[None, "q1"] == 48.0
    assert age[None, "median"] == 52.0
    sex = values(found, "control", "sex")
    assert sex["M", "n"] == 3
    assert sex["M", "percent"] == pytest.approx(100 * 1.75 / 2)
    assert found.set_index("group_name")["is_weighted"].to_dict() == {
        "control": True,
        "treated": False,
    }


def test_with_a_weighted_group_nothing_is_tested_and_the_rows_say_so():
    found = baseline_tests(WEIGHTED.head(0), WEIGHTED, NO_MEMBERS, VARIABLES)
    assert set(found["variable"]) == {"age", "sex"}
    assert found["p_value"].isna().all()
    assert (
        found["note"]
        .str.startswith("not computed: the subjects of a group have unequal weights")
        .all()
    )


def test_two_controls_of_each_that_weigh_a_half_are_no_weighted_group():
    halves = matched_rows(
        [
            ("a/1", "T1", "treated", 1.0, 50.0, "M"),
            ("a/2", "T2", "treated", 1.0, 52, "F"),
        ]
        + [
            (f"a/{i}", f"C{i}{j}", "control", 0.5, 40.0 + i * j, "M")
            for i in (1, 2)
            for j in (1, 2)
        ]
    )
    found = table(halves, NO_MEMBERS)
    assert not found["is_weighted"].any()
    assert values(found, "control", "age")[None, "n"] == 4
    tests = baseline_tests(halves.head(0), halves, NO_MEMBERS, VARIABLES)
    p_value = tests.set_index(["variable", "test"]).loc[("age", "t_test"), "p_value"]
    assert 0 < p_value < 1


NO_MEMBERS = members_of(MATCHED, *ARMS).head(0)


def test_the_arms_within_a_subgroup_are_described_and_not_compared():
    women = [
        ("subgroup women", 1, "women control", ["C2", "C4"]),
        ("subgroup women", 2, "women treated", ["T2", "T4"]),
    ]
    members = members_of(MATCHED, *ARMS, *women)
    table = baseline_table(MATCHED, MATCHED, members, VARIABLES)
    ages = table[(table["variable"] == "age") & (table["statistic"] == "mean")]
    means = ages[ages["sample"] == "matched"].set_index("group_name")["value"]
    assert means["women treated"] == 53
    assert means["women control"] == 51
    tests = baseline_tests(MATCHED, MATCHED, members, VARIABLES)
    assert set(tests["comparison"]) == {"treated vs control"}
