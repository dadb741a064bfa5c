"""Barczewska 2020's Table 2 and Table 3, on few pairs."""

import warnings

import numpy as np
import pandas as pd
import pytest
from statsmodels.discrete.discrete_model import Logit
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from counterarm.tables.response import early_response, response_table


def members(*responses: str | None, subgroup: str = "all", position: int = 1):
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "subgroup_set": "all" if subgroup == "all" else "sex",
            "position": position,
            "subgroup": subgroup,
            "pair_id": [f"a-{i}" for i in range(len(responses))],
            "response": list(responses),
        }
    )


def pairs(*rows: tuple) -> pd.DataFrame:
    """Return pairs of (response, early difference)."""
    return pd.DataFrame(
        [
            {"analysis_id": "a", "pair_id": f"a-{i:03d}"}
            | {"response": response, "early_difference": difference}
            for i, (response, difference) in enumerate(rows)
        ]
    )


def test_responses_are_counted_with_ratio_and_binomial_test():
    table = response_table(
        members(*["decreased"] * 4, "increased", *["no change"] * 3, None, None)
    )
    (row,) = table.to_dict("records")
    assert (row["n_pairs"], row["n_without_class"]) == (10, 2)
    assert (row["n_decreased"], row["n_no_change"], row["n_increased"]) == (4, 3, 1)
    assert (row["pct_decreased"], row["pct_no_change"]) == (50, 37.5)
    assert row["pct_increased"] == 12.5
    assert (row["n_decreased_or_no_change"], row["n_no_change_or_increased"]) == (7, 4)
    assert row["pct_decreased_or_no_change"] == 87.5
    assert row["pct_no_change_or_increased"] == 50
    assert row["ratio"] == 4
    assert row["risk_benefit"] == "1: 4"
    # 4 or 5 of 5, and as far on the other side: 2 (5 + 1) / 2^5
    assert row["p_value"] == pytest.approx(12 / 32)


def test_where_no_pair_got_worse_there_is_no_ratio():
    (row,) = response_table(members("decreased", "decreased")).to_dict("records")
    assert pd.isna(row["ratio"])
    assert pd.isna(row["risk_benefit"])
    assert row["p_value"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("decreased", "increased", "printed"),
    [(21, 13, "1: 1.62"), (5, 4, "1: 1.25"), (1, 3, "1: 0.333"), (0, 2, "1: 0")],
)
def test_risk_and_benefit_stand_as_the_paper_prints_them(decreased, increased, printed):
    pairs = members(*["decreased"] * decreased, *["increased"] * increased)
    assert response_table(pairs)["risk_benefit"].tolist() == [printed]


def test_where_no_pair_has_a_class_there_is_no_percentage():
    (row,) = response_table(members(None, None)).to_dict("records")
    assert (row["n_pairs"], row["n_without_class"]) == (2, 2)
    assert pd.isna(row["pct_decreased"])
    assert pd.isna(row["p_value"])


def test_subgroups_stand_in_the_order_of_the_protocol():
    table = response_table(
        pd.concat(
            [
                members("increased", subgroup="women", position=2),
                members("decreased", subgroup="men", position=1),
                members("decreased", "increased"),
            ]
        )
    )
    assert table["subgroup"].tolist() == ["all", "men", "women"]


SATURATED = [
    *[("decreased", -5), ("increased", -5), ("no change", -5), ("increased", -5)],
    *[("decreased", 5), ("decreased", 5), ("decreased", 5), ("no change", 5)],
]


def test_two_early_differences_give_their_own_shares_of_failure():
    # 3 of 4 fail at -5 and 1 of 4 at 5, so the log odds fall from log 3 to -log 3.
    table = early_response(pairs(*SATURATED)).set_index("difference")
    assert table.loc[-5, "failure_probability"] == pytest.approx(3 / 4)
    assert table.loc[0, "failure_probability"] == pytest.approx(1 / 2)
    assert table.loc[5, "failure_probability"] == pytest.approx(1 / 4)
    slope = -np.log(9) / 10
    # Each log odds has the variance 1/3 + 1/1.
    slope_se = np.sqrt(8 / 3) / 10
    assert table["slope"].unique() == pytest.approx([slope])
    assert table["slope_se"].unique() == pytest.approx([slope_se])
    assert table["slope_ci_low"].iloc[0] == pytest.approx(slope - 1.959964 * slope_se)
    at_five = np.log(1 / 3) - 1.959964 * np.sqrt(4 / 3)
    assert table.loc[5, "ci_low"] == pytest.approx(1 / (1 + np.exp(-at_five)))
    assert set(table["n_pairs"]) == {8}
    assert set(table["n_failures"]) == {4}
    assert table["note"].isna().all()


def test_the_differences_that_the_paper_prints_each_have_a_row():
    table = early_response(pairs(*SATURATED))
    assert table["difference"].tolist() == list(range(-15, 16))


def test_pairs_without_class_or_early_difference_are_left_out():
    more = pairs(*SATURATED, (None, 7), ("decreased", None), (None, None))
    pd.testing.assert_frame_equal(
        early_response(pairs(*SATURATED)), early_response(more)
    )


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("decreased", 1), ("decreased", 2)], id="one class"),
        pytest.param([("decreased", 1), ("increased", 1)], id="no spread"),
        pytest.param(
            [("increased", -2), ("increased", -1), ("decreased", 1), ("decreased", 2)],
            id="separated",
        ),
        pytest.param(
            [("increased", -2), ("increased", 0), ("decreased", 0), ("decreased", 2)],
            id="separated but for a tie",
        ),
        pytest.param([(None, None)], id="nothing known"),
    ],
)
def test_a_fit_that_does_not_exist_leaves_one_row_that_says_why(rows):
    (row,) = early_response(pairs(*rows)).to_dict("records")
    assert row["note"].startswith("not fitted: ")
    assert pd.isna(row["slope"])
    assert pd.isna(row["difference"])


def test_a_warning_of_a_fit_in_another_thread_is_no_error(monkeypatch):
    """Filters of warnings are of the process, and dbt runs two models in it at once."""
    fit = Logit.fit

    def beside_another(self, **options):
        warnings.warn("of another model", PerfectSeparationWarning, stacklevel=2)
        return fit(self, **options)

    monkeypatch.setattr(Logit, "fit", beside_another)
    with pytest.warns(PerfectSeparationWarning):
        table = early_response(pairs(*SATURATED))
    assert table["note"].isna().all()


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(9)
    names = np.array(["decreased", "no change", "increased"])
    rows = pairs(*zip(rng.choice(names, 80), rng.integers(-15, 16, 80), strict=True))
    plain = early_response(rows)
    assert plain["note"].isna().all()
    for seed in range(5):
        shuffled = early_response(rows.sample(frac=1, random_state=seed))
        pd.testing.assert_frame_equal(plain, shuffled, check_exact=True)


def test_an_analysis_without_pairs_has_no_row():
    assert len(early_response(pairs(*SATURATED).iloc[:0])) == 0
    assert len(response_table(members("decreased").iloc[:0])) == 0
