"""Balance of four treated and four controls, worked out on paper."""

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.balance import additional_balance_table, balance_table

VARIABLES = pd.DataFrame(
    {"variable": ["age", "sex"], "kind": ["numeric", "categorical"]}
)
TERMS = pd.DataFrame(
    {
        "analysis_id": "a",
        "variable": ["age", "sex", "score", "age"],
        "role": ["score", "exact", "caliper", "distance"],
    }
)


@pytest.fixture
def subjects() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "usubjid": [f"S-{i}" for i in range(8)],
            "arm": ["treated"] * 4 + ["control"] * 4,
            "is_eligible": True,
            "age": [50.0, 60.0, 50.0, 60.0, 40.0, 60.0, 70.0, np.nan],
            "sex": ["F", "M", "M", "M", "F", "F", None, "M"],
        }
    )


@pytest.fixture
def matched() -> pd.DataFrame:
    """S-0 with S-4 and half of it again in another set, S-1 with S-5."""
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "usubjid": ["S-0", "S-4", "S-1", "S-5", "S-4", "S-2"],
            "weight": [1.0, 1.0, 1.0, 0.5, 0.5, 1.0],
        }
    )


@pytest.fixture
def scores(subjects) -> pd.DataFrame:
    return subjects[["analysis_id", "usubjid"]].assign(
        score=[0.5, 0.7, 0.5, 0.7, 0.2, 0.3, 0.3, 0.4]
    )


@pytest.fixture
def rows(subjects, matched, scores) -> pd.DataFrame:
    table = balance_table(subjects, matched, scores, TERMS, VARIABLES)
    return table.set_index(["variable", "sample"])


def test_each_level_and_the_score_have_a_row_before_and_after(rows):
    assert list(rows.index.get_level_values("variable")[::2]) == [
        "score",
        "age",
        "sex=F",
        "sex=M",
    ]
    assert list(rows.index.get_level_values("sample")[:2]) == ["unmatched", "matched"]
    assert rows.loc[("age", "matched"), "role"] == "score, distance"


def test_standardized_differences_by_hand(rows):
    sd = np.sqrt(100 / 3)  # of 50, 60, 50, 60, divisor n-1
    before = rows.loc[("age", "unmatched")]
    assert before["mean_treated"] == 55
    assert before["mean_control"] == pytest.approx(170 / 3)
    assert before["smd"] == pytest.approx((55 - 170 / 3) / sd)
    assert before["variance_ratio"] == pytest.approx((100 / 3) / (700 / 3))
    after = rows.loc[("age", "matched")]
    assert after["mean_treated"] == pytest.approx((50 + 60 + 50) / 3)
    assert after["mean_control"] == pytest.approx((1.5 * 40 + 0.5 * 60) / 2)
    assert after["smd"] == pytest.approx((160 / 3 - 45) / sd)
    assert before["denominator"] == after["denominator"]


def test_a_level_has_the_spread_of_a_share_and_no_variance_ratio(rows):
    before = rows.loc[("sex=F", "unmatched")]
    assert before["mean_treated"] == 0.25
    assert before["mean_control"] == pytest.approx(2 / 3)
    assert before["smd"] == pytest.approx((1 / 4 - 2 / 3) / np.sqrt(3 / 16))
    assert pd.isna(before["variance_ratio"])


def test_the_unknown_are_left_out_of_their_variable_and_counted(rows):
    def counts(variable, sample):
        row = rows.loc[(variable, sample)]
        return row["n_treated"], row["n_control"]

    assert counts("age", "unmatched") == (4, 3)
    assert counts("sex=F", "unmatched") == (4, 3)
    assert counts("score", "unmatched") == (4, 4)
    assert counts("age", "matched") == (3, 2)


def test_an_analysis_without_pairs_has_no_difference_after_matching(
    subjects, matched, scores
):
    table = balance_table(subjects, matched.iloc[:0], scores, TERMS, VARIABLES)
    after = table[table["sample"] == "matched"]
    assert after["smd"].isna().all()
    assert after["n_treated"].eq(0).all()
    assert table[table["sample"] == "unmatched"]["smd"].notna().all()


def test_the_order_of_rows_does_not_matter(subjects, scores):
    sets = pd.DataFrame(
        {
            "analysis_id": "a",
            "set_id": [f"a-{i}" for i in range(6)],
            "usubjid": ["S-0", "S-4", "S-4", "S-4", "S-5", "S-5"],
            # Sums of these depend on their order in the last bit.
            "weight": [1.0, 0.1, 0.2, 0.3, 0.7, 1 / 3],
        }
    )
    plain = balance_table(subjects, sets, scores, TERMS, VARIABLES)
    for seed in range(5):
        shuffled = balance_table(
            subjects.sample(frac=1, random_state=seed),
            sets.sample(frac=1, random_state=seed),
            scores.sample(frac=1, random_state=seed),
            TERMS,
            VARIABLES,
        )
        pd.testing.assert_frame_equal(plain, shuffled, check_exact=True)


def test_variables_that_are_not_matched_on_have_their_own_table(subjects, matched):
    variables = pd.DataFrame(
        {
            "variable": ["age", "sex", "race", "n_doses", "fvc", "pulse", "bmi"],
            "kind": ["numeric", "categorical", "categorical", *["numeric"] * 4],
            "known_at": ["index", "index", "index", "later", *["index"] * 3],
            # of these an analysis names fvc and pulse, and here the first is known
            "computed": [*["always"] * 4, *["named"] * 3],
        }
    )
    race = ["ASIAN"] * 4 + ["WHITE"] * 3 + ["ASIAN"]
    subjects = subjects.assign(race=race, n_doses=1.0, fvc=2.5, pulse=float("nan"))
    terms = TERMS[TERMS["variable"] != "sex"]
    table = additional_balance_table(subjects, matched, terms, variables)
    assert table["variable"].unique().tolist() == [
        "fvc",
        "race=ASIAN",
        "race=WHITE",
        "sex=F",
        "sex=M",
    ]
    assert set(table["role"]) == {"not matched on"}
    whole = balance_table(
        subjects, matched, pd.DataFrame(columns=["analysis_id"]), TERMS, VARIABLES
    )
    keys = ["variable", "sample"]
    numbers = ["n_treated", "n_control", "mean_treated", "mean_control", "smd"]
    both = table.merge(whole, on=keys, suffixes=("", "_listed"))
    assert len(both) == 4
    for name in numbers:
        pd.testing.assert_series_equal(
            both[name], both[f"{name}_listed"], check_names=False
        )
    asian = table.set_index(keys).loc[("race=ASIAN", "matched")]
    assert (asian["mean_treated"], asian["mean_control"]) == (1.0, 0.0)
