"""Expectations on the visits with planted defects of `conftest.connection`."""

import pytest

BETWEEN = {
    "type": "expect_column_values_to_be_between",
    "column": "total",
    "min_value": 0,
    "max_value": 48,
}
NOT_NULL = {"type": "expect_column_values_to_not_be_null", "column": "total"}
ROWS = {
    "type": "unexpected_rows_expectation",
    "unexpected_rows_query": "select usubjid, total from {batch} where total > 48",
}

# One planted defect for each type: the expectation, the count, the example row.
DEFECTS = [
    pytest.param(NOT_NULL, 1, "usubjid = P-003, rel_day = 3, total = null", id="null"),
    pytest.param(
        {"type": "expect_column_values_to_be_null", "column": "total"},
        99,
        "usubjid = P-000, rel_day = 0, total = 0",
        id="not null",
    ),
    pytest.param(BETWEEN, 1, "usubjid = P-005, rel_day = 5, total = 60", id="between"),
    pytest.param(
        {**BETWEEN, "max_value": 60, "strict_max": True},
        1,
        "usubjid = P-005, rel_day = 5, total = 60",
        id="strictly between",
    ),
    pytest.param(
        {
            "type": "expect_column_values_to_be_in_set",
            "column": "sex",
            "value_set": ["F", "M"],
        },
        1,
        "usubjid = P-007, rel_day = 7, sex = X",
        id="set",
    ),
    pytest.param(
        {
            "type": "expect_column_values_to_not_be_in_set",
            "column": "sex",
            "value_set": ["X"],
        },
        1,
        "usubjid = P-007, rel_day = 7, sex = X",
        id="not in set",
    ),
    pytest.param(
        {
            "type": "expect_column_distinct_values_to_equal_set",
            "column": "sex",
            "value_set": ["F", "M", "U"],
        },
        1,
        "usubjid = P-007, rel_day = 7, sex = X",
        id="distinct set",
    ),
    pytest.param(
        {"type": "expect_column_values_to_be_unique", "column": "total"},
        97,
        "usubjid = P-000, rel_day = 0, total = 0",
        id="unique",
    ),
    pytest.param(
        {
            "type": "expect_compound_columns_to_be_unique",
            "column_list": ["sex", "total"],
        },
        93,
        "usubjid = P-000, rel_day = 0, sex = F, total = 0",
        id="unique together",
    ),
    pytest.param(
        {
            "type": "expect_column_value_lengths_to_equal",
            "column": "usubjid",
            "value": 6,
        },
        100,
        "usubjid = P-000, rel_day = 0",
        id="length",
    ),
    pytest.param(
        {
            "type": "expect_column_pair_values_a_to_be_greater_than_b",
            "column_A": "rel_day",
            "column_B": "total",
            "or_equal": True,
        },
        1,
        "usubjid = P-005, rel_day = 5, total = 60",
        id="pair",
    ),
    pytest.param(ROWS, 1, "usubjid = P-005, total = 60", id="rows"),
    pytest.param(
        {
            "type": "expect_table_row_count_to_be_between",
            "min_value": 200,
        },
        None,
        None,
        id="row count",
    ),
    pytest.param(
        {
            "type": "expect_table_columns_to_match_set",
            "column_set": ["usubjid", "weight"],
            "exact_match": False,
        },
        None,
        None,
        id="columns",
    ),
    pytest.param(
        {
            "type": "expect_column_mean_to_be_between",
            "column": "rel_day",
            "max_value": 10,
        },
        None,
        None,
        id="mean",
    ),
    pytest.param(
        {"type": "expect_column_to_exist", "column": "weight"}, None, None, id="column"
    ),
]
