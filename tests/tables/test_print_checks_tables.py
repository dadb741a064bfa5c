"""The tables of printed numbers and of the checks between them."""

import pandas as pd
import pytest

from counterarm.tables.print_checks import (
    print_check_numbers,
    print_checks,
    printed_numbers,
)

COLUMNS = ["paper", "location", "group", "quantity", "value", "unit", "note"]
RULE_COLUMNS = [
    *("rule", "kind", "paper", "role", "location", "group", "quantity", "unit"),
    "options",
]


def published(*numbers: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [["p", "Table", *number, None, None] for number in numbers], columns=COLUMNS
    )


NUMBERS = published(
    ("a", "n", "67"), ("a", "bulbar", "16"), ("a", "bulbar pct", "23.9")
)
ELSEWHERE = published(("a", "spinal", "51"), ("a", "spinal pct", "67.1"))
RELATIONS = pd.DataFrame(
    [
        ["pct", "percent", "p", "count", "Table", "{g}", "{x}", None, None],
        ["pct", "percent", "p", "percent", "Table", "{g}", "{x} pct", None, None],
        ["pct", "percent", "p", "total", "Table", "{g}", "n", None, None],
        ["both", "percent_sum", "p", "part", "Table", "{g}", "bulbar pct", None, None],
        ["both", "percent_sum", "p", "part", "Table", "{g}", "spinal pct", None, None],
    ],
    columns=RULE_COLUMNS,
)


def test_a_check_is_a_row_with_its_numbers_and_what_would_mend_it():
    table = print_checks(NUMBERS, ELSEWHERE, RELATIONS).set_index("check_id")
    assert table["verdict"].to_dict() == {
        "pct/a/bulbar": "consistent",
        "pct/a/spinal": "contradiction",
        "both/a": "contradiction",
    }
    wrong = table.loc["pct/a/spinal"]
    assert wrong["expected"] == "76.1"
    assert "a, spinal pct: 67.1 to 76.1" in wrong["corrections"]
    assert wrong["numbers"].startswith("51 (Table; a; spinal), 67.1")
    assert pd.isna(table.loc["pct/a/bulbar", "corrections"])


def test_a_percentage_that_its_count_gives_is_not_blamed_for_a_wrong_sum():
    table = print_check_numbers(NUMBERS, ELSEWHERE, RELATIONS)
    summed = table[table["check_id"] == "both/a"].set_index("quantity")
    assert summed["is_blamed"].to_dict() == {"bulbar pct": False, "spinal pct": True}
    given = table[table["is_determined"]]
    assert given["quantity"].tolist() == ["bulbar pct"]
    assert given["other_numbers"].item() == "16 (Table; a; bulbar), 67 (Table; a; n)"


def test_the_order_of_the_rows_changes_nothing():
    for table in (print_checks, print_check_numbers):
        turned = table(NUMBERS[::-1], ELSEWHERE[::-1], RELATIONS)
        straight = table(NUMBERS, ELSEWHERE, RELATIONS)
        keys = [c for c in straight if c in ("check_id", "quantity")]
        pd.testing.assert_frame_equal(
            turned.sort_values(keys, ignore_index=True),
            straight.sort_values(keys, ignore_index=True),
        )


def test_a_printed_number_has_the_interval_that_prints_so_or_a_reason():
    table = printed_numbers(
        published(
            ("a", "HR", "0.30"),
            ("a", "p", "<0.001"),
            ("a", "ratio p below", "0.05"),
            ("a", "median", "not reached"),
            ("a", "M:F", "95: 62"),
            ("a", "n", "2,912"),
        )
    ).set_index("quantity")
    assert table["published_value"].fillna(-1).tolist() == [
        *(0.3, 0.001, 0.05, -1, -1, 2912)
    ]
    ends = table[["printed_low", "printed_high"]].astype(float)
    assert ends.loc["HR"].tolist() == pytest.approx([0.295, 0.305])
    for quantity in ("p", "ratio p below"):
        assert table.loc[quantity, "bound"] == "below"
        assert ends.loc[quantity].isna().tolist() == [True, False]
    assert "not reached" in table.loc["median", "value_note"]
    assert "two counts" in table.loc["M:F", "value_note"]
    assert table["value_note"].notna().sum() == 2


def test_a_delivery_without_rules_gives_empty_tables_of_the_same_columns():
    none = RELATIONS.iloc[:0]
    assert print_checks(NUMBERS, ELSEWHERE, none).empty
    assert list(print_checks(NUMBERS, ELSEWHERE, none)) == list(
        print_checks(NUMBERS, ELSEWHERE, RELATIONS)
    )
