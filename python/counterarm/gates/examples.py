"""Find one row that shows why an expectation failed: its key, the column, no more."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb

from counterarm.gates.suites import ROWS_TYPE, Expectation, Suite
from counterarm.sql_words import sql_name

# Columns that find a row in this project's tables, for suites that name no key.
USUAL_KEYS = (
    "analysis_id",
    "pair_id",
    "set_id",
    "usubjid",
    "subject_id",
    "source",
    "table_name",
    "file_name",
    "line_number",
    "row_number",
    "rel_day",
    "paramcd",
    "adt",
    "endpoint",
    "group_name",
    "comparison",
    "test",
    "model_id",
    "term",
    "variable",
    "sample",
    "step",
)
_KEYS_SHOWN = 5
_TEXT_SHOWN = 80
# Columns that say why, which is no use in part.
_REASONS = {"reason", "why_not", "note"}
_REASON_SHOWN = 500


def key_columns(suite: Suite, columns: Sequence[str]) -> list[str]:
    """Return the columns that find a row: the suite's key, else the usual ones."""
    if suite.key:
        return list(suite.key)
    lower = {name.lower(): name for name in columns}
    return [lower[name] for name in USUAL_KEYS if name in lower][:_KEYS_SHOWN]


def example_row(
    connection: Any,
    suite: Suite,
    expectation: Expectation,
    columns: Sequence[str],
    values: Sequence[Any] = (),
) -> dict[str, str]:
    """Return one unexpected row as text by column, or nothing if there is none.

    It is the first in order of its own values, so that it is the same in every
    run. It holds the key and the columns the expectation is about; for a query,
    what the query selects of these, and what it computes (a count, a share) if it
    does not select everything; or all it selects if the expectation names no column
    and the query does not select everything. `values` are unexpected values, for
    types whose condition is not known here.
    """
    shown = list(dict.fromkeys([*key_columns(suite, columns), *expectation.columns]))
    try:
        if expectation.type == ROWS_TYPE:
            return _of_query(connection, suite, expectation, columns, shown)
        condition, parameters = _condition(expectation, values)
        if not condition:
            return {}
        listed = ", ".join(sql_name(name) for name in shown)
        return _first(
            connection,
            f"select {listed} from {suite.quoted} {condition}",
            parameters,
        )
    except duckdb.Error:
        # The example is a help; the failure itself is certain without it.
        return {}


def _of_query(
    connection: Any,
    suite: Suite,
    expectation: Expectation,
    columns: Sequence[str],
    shown: Sequence[str],
) -> dict[str, str]:
    query = expectation.kwargs["unexpected_rows_query"].format(batch=suite.quoted)
    query = query.strip().rstrip(";")
    given = [name for name, *_ in connection.execute(f"describe {query}").fetchall()]
    everything = {name.lower() for name in columns} <= {name.lower() for name in given}
    if expectation.columns or everything:
        hidden = {name.lower() for name in [*columns, *(given if everything else ())]}
        hidden -= {name.lower() for name in shown}
        given = [name for name in given if name.lower() not in hidden]
    if not given:
        return {}
    listed = ", ".join(sql_name(name) for name in given)
    return _first(connection, f"select {listed} from ({query})", [])


def _first(connection: Any, query: str, parameters: Sequence[Any]) -> dict[str, str]:
    ordered = f"select * from ({query}) order by all limit 1"
    cursor = connection.execute(ordered, list(parameters))
    names = [column[0] for column in cursor.description]
    row = cursor.fetchone()
    if row is None:
        return {}
    return {name: _text(name, value) for name, value in zip(names, row, strict=True)}


def _text(name: str, value: Any) -> str:
    if value is None:
        return "null"
    text = re.sub(r"\s+", " ", str(value))
    shown = _REASON_SHOWN if name in _REASONS else _TEXT_SHOWN
    return text if len(text) <= shown else text[: shown - 3] + "..."


def _condition(
    expectation: Expectation, values: Sequence[Any]
) -> tuple[str, Sequence[Any]]:
    """Return the end of a query that selects unexpected rows, and its parameters."""
    made = _CONDITIONS.get(expectation.type)
    if made:
        return made(expectation, expectation.kwargs)
    if values and len(expectation.columns) == 1:
        column = sql_name(expectation.columns[0])
        return f"where {column} is not distinct from ?", [min(values, key=str)]
    return "", []


def _outside(
    measure: str, kwargs: Mapping[str, Any], low: str, high: str
) -> tuple[str, Sequence[Any]]:
    parts, parameters = [], []
    if kwargs.get(low) is not None:
        parts.append(f"{measure} {'<=' if kwargs.get('strict_min') else '<'} ?")
        parameters.append(kwargs[low])
    if kwargs.get(high) is not None:
        parts.append(f"{measure} {'>=' if kwargs.get('strict_max') else '>'} ?")
        parameters.append(kwargs[high])
    return f"where {' or '.join(parts)}", parameters


def _between(of: Expectation, kwargs: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    return _outside(sql_name(of.column), kwargs, "min_value", "max_value")


def _lengths(of: Expectation, kwargs: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    measure = f"length({sql_name(of.column)})"
    return _outside(measure, kwargs, "min_value", "max_value")


def _length(of: Expectation, kwargs: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    return f"where length({sql_name(of.column)}) <> ?", [kwargs["value"]]


def _set(word: str) -> Callable[..., tuple[str, Sequence[Any]]]:
    def make(of: Expectation, kwargs: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        values = list(kwargs["value_set"])
        places = ", ".join("?" * len(values))
        return f"where {sql_name(of.column)} {word} ({places})", values

    return make


def _null(word: str) -> Callable[..., tuple[str, Sequence[Any]]]:
    return lambda of, kwargs: (f"where {sql_name(of.column)} {word} null", [])


def _repeated(of: Expectation, kwargs: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    listed = ", ".join(sql_name(name) for name in of.columns)
    present = " or ".join(f"{sql_name(name)} is not null" for name in of.columns)
    repeated = f"qualify count(*) over (partition by {listed}) > 1"
    return f"where {present} {repeated}", []


def _not_above(of: Expectation, kwargs: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    sign = "<" if kwargs.get("or_equal") else "<="
    a, b = (sql_name(kwargs[name]) for name in ("column_A", "column_B"))
    return f"where {a} {sign} {b}", []


def _unequal(of: Expectation, kwargs: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    a, b = (sql_name(kwargs[name]) for name in ("column_A", "column_B"))
    return f"where {a} is distinct from {b}", []


_CONDITIONS: dict[str, Callable[..., tuple[str, Sequence[Any]]]] = {
    "expect_column_values_to_not_be_null": _null("is"),
    "expect_column_values_to_be_null": _null("is not"),
    "expect_column_values_to_be_between": _between,
    "expect_column_value_lengths_to_be_between": _lengths,
    "expect_column_value_lengths_to_equal": _length,
    "expect_column_values_to_be_in_set": _set("not in"),
    "expect_column_values_to_not_be_in_set": _set("in"),
    "expect_column_distinct_values_to_be_in_set": _set("not in"),
    "expect_column_distinct_values_to_equal_set": _set("not in"),
    "expect_column_values_to_be_unique": _repeated,
    "expect_compound_columns_to_be_unique": _repeated,
    "expect_column_pair_values_a_to_be_greater_than_b": _not_above,
    "expect_column_pair_values_to_be_equal": _unequal,
}
