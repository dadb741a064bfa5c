"""Which tests stand in the table, for which groups, and what weighted rows do."""

import numpy as np
import pandas as pd
import pytest

from counterarm.survival import cox_mantel, log_rank
from counterarm.tables.survival_tests import TESTS, survival_tests

# Lee 1980
LEE = {
    "treated": [(23, 1), (16, 0), (18, 0), (20, 0), (24, 0)],
    "control": [(15, 1), (18, 1), (19, 1), (19, 1), (20, 1)],
}
OF_TWO = {"cox_mantel", "gehan", "gehan_uncorrected", "cox_f"} | {
    "log_rank_permutation",
    "peto_peto",
}


def rows_of(groups: dict[str, list], **columns: object) -> pd.DataFrame:
    """Return members of one comparison set, pairs made row by row."""
    frames = [
        pd.DataFrame(outcomes, columns=["days", "is_event"]).assign(
            group_name=name,
            position=position,
            set_id=[f"a-{i}" for i in range(len(outcomes))],
            usubjid=[f"{name}-{i}" for i in range(len(outcomes))],
        )
        for position, (name, outcomes) in enumerate(groups.items(), start=1)
    ]
    constant = {"analysis_id": "a", "endpoint": "OS", "comparison_set": "arms"}
    members = pd.concat(frames).assign(**constant, weight=1.0, **columns)
    return members.astype({"is_event": bool})


@pytest.fixture
def lee() -> pd.DataFrame:
    return rows_of({"control": LEE["control"], "treated": LEE["treated"]})


@pytest.fixture
def three(lee) -> pd.DataFrame:
    third = rows_of({"third": [(14, 1), (17, 1), (21, 0)]}).assign(position=3)
    return pd.concat([lee, third.assign(usubjid=["t-1", "t-2", "t-3"])])


def test_lees_values_stand_in_the_table(lee):
    table = survival_tests(lee).set_index("test")
    assert table["comparison"].unique().tolist() == ["treated vs control"]
    expected = {
        "log_rank": 6.95402,
        "cox_mantel": 2.637,
        "log_rank_permutation": 2.4993,
        "gehan_uncorrected": 2.3681,
        "gehan": 2.2365,
        "peto_peto": 2.4520,
        "peto_g_rho1": 6.03825,
        "cox_f": 25 / 3,
    }
    found = table.loc[list(expected), "statistic"].to_dict()
    assert found == {name: pytest.approx(v, abs=5e-4) for name, v in expected.items()}
    assert table.loc["cox_f", ["df", "df2"]].tolist() == [2, 10]
    assert table.loc["gehan", ["df", "df2"]].isna().all()


def test_tests_of_two_stand_for_pairs_only(three):
    table = survival_tests(three)
    together = table[table["comparison"] == "third vs treated vs control"]
    assert set(together["test"]) == set(TESTS) - OF_TWO
    pairs = table[table["comparison"].str.count(" vs ") == 1]
    assert pairs.groupby("test").size().to_dict() == {name: 3 for name in TESTS}
    assert pairs["p_adjusted"].ge(pairs["p_value"] - 1e-12).all()


def test_the_sign_is_that_of_the_group_named_first(three):
    """Group names sort treated after third; the comparison names third first."""
    table = survival_tests(three).set_index(["comparison", "test"])
    z = table.loc[("third vs treated", "cox_mantel"), "statistic"]
    own = three[three["group_name"] != "control"]
    columns = [own[c].to_numpy() for c in ("days", "is_event", "group_name")]
    assert z == cox_mantel(*columns, first="third").statistic < 0


def test_weighted_rows_are_tested_with_weights_and_a_robust_variance(lee):
    weight = np.where(lee["group_name"] == "treated", 1.0, 0.5)
    table = survival_tests(lee.assign(weight=weight)).set_index("test")
    own = log_rank(lee["days"], lee["is_event"], lee["group_name"], weights=weight)
    assert table.loc["log_rank", "statistic"] == pytest.approx(own.statistic)
    assert set(table["weighting"]) == {"case weights"}
    without = table["definition"].str.startswith("not computed: the test is not")
    assert set(table.index[without]) == OF_TWO - {"cox_mantel"}
    assert table.loc[without, "p_value"].isna().all()
    robust = table.loc[~without, "definition"]
    assert robust.str.contains("case weights, robust variance").all()


def test_a_subject_of_two_sets_is_a_cluster(lee):
    """A control that stands in two sets is the same as one of weight 2."""
    again = lee[lee["usubjid"] == "control-0"].assign(set_id="a-9")
    table = survival_tests(pd.concat([lee, again])).set_index("test")
    weight = np.where(lee["usubjid"] == "control-0", 2.0, 1.0)
    own = log_rank(lee["days"], lee["is_event"], lee["group_name"], weights=weight)
    assert table.loc["log_rank", "weighting"] == "repeated subjects"
    assert table.loc["log_rank", "statistic"] == pytest.approx(own.statistic)
    assert "by subject" in table.loc["log_rank", "definition"]
    assert "by matched set and subject" in table.loc["log_rank_cluster", "definition"]


def test_pairs_add_up_in_the_clustered_test(lee):
    table = survival_tests(lee).set_index("test")
    columns = lee["days"], lee["is_event"], lee["group_name"]
    own = log_rank(*columns, cluster=lee["set_id"])
    assert table.loc["log_rank_cluster", "statistic"] == pytest.approx(own.statistic)
    assert "by matched set" in table.loc["log_rank_cluster", "definition"]
    assert "case weights" not in table.loc["log_rank_cluster", "definition"]


def test_the_order_of_rows_does_not_matter(three):
    weighted = three.assign(weight=np.linspace(0.3, 1.7, len(three)))
    for members in (three, weighted):
        shuffled = members.sample(frac=1, random_state=5)
        pd.testing.assert_frame_equal(
            survival_tests(members), survival_tests(shuffled), check_exact=True
        )
