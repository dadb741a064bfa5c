"""Tables of the page: words instead of codes, equal decimals, one row per binary."""

import pandas as pd
import pytest

from counterarm.report.balance_rows import shown_rows
from counterarm.report.remarks.cohort import on_balance
from counterarm.report.sources import query_of, source_of
from counterarm.report.tables import baseline_table, table_of
from counterarm.report.words import ABSENT, cell_words, fixed, level_words


def test_both_ends_of_an_interval_share_a_column():
    frame = pd.DataFrame(
        {"term": ["a", "b"], "hr": [0.5, 2.0], "ci_low": [0.25, None]}
    ).assign(ci_high=[1.0, None], median_ci_low=[100.0, 90.5], median_ci_high=None)
    table = table_of(
        "t",
        "Caption.",
        frame,
        {
            "term": "Term",
            "ci_low": "95% from",
            "ci_high": "to",
            "median_ci_low": "95% from",
            "median_ci_high": "to",
        },
    )
    assert table.headings == ["Term", "95% CI", "95% CI"]
    assert table.rows == [
        ["A", "0.25 to 1.00", "100.0 to not reached"],
        ["B", ABSENT, "90.5 to not reached"],
    ]
    assert table.numeric == {1, 2}


def test_the_numbers_of_a_column_have_the_same_decimals():
    frame = pd.DataFrame(
        {
            "sd": [1.0, 2.25, None],
            "days": [829.0, 475.2188, 12.0],
            "n": [3, 1200, 7],
            "pct_dead": [10.0, 9.524, 0.0],
            "value": [3.0, 0.25, 12.5],
        }
    )
    columns = list(zip(*table_of("t", "C.", frame).rows, strict=True))
    assert columns == [
        ("1.00", "2.25", ABSENT),
        ("829.0", "475.2", "12.0"),
        ("3", "1,200", "7"),
        ("10.0", "9.5", "0.0"),
        ("3", "0.25", "12.50"),
    ]


def test_hidden_counts_stay_as_they_are():
    frame = pd.DataFrame({"mean": ["<5", 2.0, 1.5]})
    assert table_of("t", "C.", frame).rows == [["<5"], ["2.00"], ["1.50"]]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("to_month_12", "To month 12"),
        ("treated vs control", "Treated vs controls"),
        ("unadjusted: non_korean", "Unadjusted: non korean"),
        ("PROACT_DEATHDATA.csv", "PROACT_DEATHDATA.csv"),
        ("A sentence with an_id in it.", "A sentence with an_id in it."),
    ],
)
def test_names_in_cells_are_said_in_words_and_texts_are_not(name, words):
    assert cell_words(name) == words


def test_names_of_files_and_columns_are_kept_where_they_are_meant():
    frame = pd.DataFrame({"column_name": ["subject_id"], "what": ["row"]})
    assert table_of("t", "C.", frame, verbatim=True).rows == [["subject_id", "row"]]
    assert table_of("t", "C.", frame).rows == [["Subject ID", "row"]]


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("F", "female"),
        ("Y", "yes"),
        ("BLACK OR AFRICAN AMERICAN", "black or African American"),
        ("KOR", "KOR"),
        ("4a", "4a"),
    ],
)
def test_levels_are_said_in_words(level, words):
    assert level_words(level) == words


def test_a_whole_number_has_its_decimals_in_a_column_that_has_them():
    assert fixed(3.0, 1) == "3.0"
    assert fixed("hidden", 1) == "hidden"
    assert fixed(None, 1) == ABSENT


def balance(matched_on: bool = False) -> pd.DataFrame:
    """Sex, matched on and alike; race, of which matching knew nothing."""
    rows = [
        ("sex", "F", True, 0.02, 0.01),
        ("sex", "M", True, -0.02, -0.01),
        ("race", "ASIAN", matched_on, 2.54, 2.61),
        ("race", "BLACK", matched_on, -0.06, -0.01),
        ("race", "WHITE", matched_on, -2.48, -2.56),
    ]
    return pd.DataFrame(
        [
            {
                "variable": f"{name}={level}",
                "column_name": name,
                "label": name.capitalize(),
                "level": level,
                "is_matched_on": is_listed,
                "sample": sample,
                "smd": smd,
            }
            for name, level, is_listed, before, after in rows
            for sample, smd in (("unmatched", before), ("matched", after))
        ]
    )


def test_a_binary_variable_has_one_row_of_balance():
    rows = shown_rows(balance())
    labels = rows[rows["sample"] == "matched"]["row_label"].tolist()
    assert labels == ["Sex: female", "Race: Asian", "Race: black", "Race: white"]


def test_the_caution_names_what_nobody_matched_on():
    (remark,) = on_balance(balance())
    assert remark.caution
    assert "Not matched on and different: Race: Asian +2.61" in remark.text
    assert "(2 of 3 rows)" in remark.text
    assert "matched on or listed differ" not in remark.text
    assert "2 of 4 baseline rows" in remark.short
    assert "Race: Asian (+2.61), which was not matched on" in remark.short
    (remark,) = on_balance(balance(matched_on=True))
    assert "2 of 4 rows matched on or listed differ" in remark.text
    assert "not matched on" not in remark.short


def test_every_row_of_the_baseline_has_its_difference_and_binary_ones_one_row():
    counts = {
        ("sex", "F"): (40, 41),
        ("sex", "M"): (60, 59),
        ("race", "ASIAN"): (89, 2),
        ("race", "BLACK"): (1, 1),
        ("race", "WHITE"): (10, 94),
    }
    rows = pd.DataFrame(
        [
            {
                "variable": name,
                "label": name.capitalize(),
                "unit": None,
                "level": level,
                "sample": sample,
                "group_name": group,
                "n": n,
                "n_missing": None,
                "percent": float(n),
                "mean": None,
                "sd": None,
            }
            for (name, level), of in counts.items()
            for sample in ("unmatched", "matched")
            for group, n in zip(("treated", "control"), of, strict=True)
        ]
    )
    table = baseline_table(rows, balance(), set())
    assert [row[0] for row in table.rows] == [
        "Sex: female, n (%)",
        "Not matched on",
        "Race, n (%)",
        "  Asian",
        "  black",
        "  white",
    ]
    assert table.rows[0][1:] == [
        *("40 (40)", "41 (41)", "+0.02"),
        *("40 (40)", "41 (41)", "+0.01"),
    ]
    assert table.rows[3][3::3] == ["+2.54", "+2.61"]


def test_a_table_names_its_source_and_a_query_of_it():
    assert source_of("survival-os-arms", {}) == "results.survival_steps"
    assert source_of("survival-tests", {}) == "results.survival_comparisons"
    assert source_of("win-ratio", {"win_ratio": "analysis"}) == "analysis.win_ratio"
    assert source_of("unknown", {}) == ""
    assert query_of("analysis.cox", "a") == (
        "counterarm query \"from analysis.cox where analysis_id = 'a'\""
    )
    assert query_of("results.ledger", None) == 'counterarm query "from results.ledger"'
