"""Run a gate: its suites on the tables, a page about them, and a stop if need be."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from counterarm.gates import words
from counterarm.gates.engine import Outcome, session
from counterarm.gates.examples import example_row
from counterarm.gates.folder import KEPT, number_kept
from counterarm.gates.page import write_pages
from counterarm.gates.suites import Expectation, Suite, SuiteError, read_suites

COLUMNS = [
    "gate",
    "suite",
    "expectation",
    "column_name",
    "severity",
    "success",
    "observed",
    "unexpected_count",
    "message",
]


class GateFailed(Exception):  # noqa: N818  says what happened, in the build's log
    """A critical expectation failed; `results` holds all rows of the gate."""

    def __init__(self, message: str, results: pd.DataFrame) -> None:
        super().__init__(message)
        self.results = results


def run_gate(
    connection: Any,
    gate: str,
    suites_dir: Path,
    gates_dir: Path,
    kept: str | int = KEPT,
) -> pd.DataFrame:
    """Run the suites of a gate and return one row per expectation.

    `connection` is an open DuckDB connection or a cursor of one; only what is
    committed is seen. The suites are the `*.yml` of `suites_dir/<gate>`. Rows
    stand in the order of file names and of the expectations in each file, and
    hold nothing that differs between two runs on equal data. An expectation that
    could not be evaluated is a critical failure, whatever its severity was.

    Before it returns or raises, the gate writes `gates_dir/<gate>.html` and `.json`,
    and the same under a folder named by the time, which the newest `kept` runs have.

    Raises `GateFailed` if a critical expectation fails, `SuiteError` for a suite
    that cannot be run as written or whose table or key does not exist, `ValueError`
    for a `kept` that is no number, and `OSError` if the page cannot be written.
    """
    kept = number_kept(kept)
    suites = read_suites(Path(suites_dir) / gate)
    cursor = connection.cursor()
    try:
        columns = {suite.name: _columns(cursor, suite) for suite in suites}
        rows, details = [], []
        with session(connection) as evaluate:
            for suite in suites:
                asked = [(one.type, dict(one.kwargs)) for one in suite.expectations]
                outcomes = evaluate(suite.schema, suite.table, asked)
                for expectation, outcome in zip(
                    suite.expectations, outcomes, strict=True
                ):
                    outcome = _plainer(outcome, expectation, columns[suite.name])
                    example = {}
                    if not outcome.success and not outcome.problem:
                        example = example_row(
                            cursor,
                            suite,
                            expectation,
                            columns[suite.name],
                            outcome.result.get("partial_unexpected_list") or (),
                        )
                    rows.append(_row(gate, suite, expectation, outcome, example))
                    details.append(
                        {
                            "table": suite.full_name,
                            "rule": words.rule(expectation),
                            "finding": words.finding(expectation, outcome, example),
                            "because": expectation.because,
                            "do": expectation.do,
                        }
                    )
    finally:
        cursor.close()

    # Types are fixed, so that a column of nulls is not stored as one of numbers.
    types = dict.fromkeys(COLUMNS, "string") | {
        "success": "bool",
        "unexpected_count": "Int64",
    }
    results = pd.DataFrame(rows, columns=COLUMNS).astype(types)
    failed = results[~results["success"] & (results["severity"] == "critical")]
    try:
        page = str(write_pages(gate, rows, details, Path(gates_dir), kept))
    except OSError as error:
        if failed.empty:
            raise
        page = f"(the page could not be written: {error})"
    if not failed.empty:
        raise GateFailed(_stop_message(gate, results, failed, page), results)
    return results


def _columns(cursor: Any, suite: Suite) -> list[str]:
    found = cursor.execute(
        "select column_name from duckdb_columns() "
        "where database_name = current_database() "
        "and lower(schema_name) = lower(?) and lower(table_name) = lower(?) "
        "order by column_index",
        [suite.schema, suite.table],
    ).fetchall()
    columns = [name for (name,) in found]
    if not columns:
        raise SuiteError(f"{suite.file}: table {suite.full_name} does not exist")
    lower = {name.lower() for name in columns}
    absent = [name for name in suite.key if name.lower() not in lower]
    if absent:
        raise SuiteError(
            f"{suite.file}: table {suite.full_name} has no key column "
            f"{', '.join(absent)}"
        )
    return columns


def _plainer(outcome: Outcome, expectation: Expectation, columns: list[str]) -> Outcome:
    """Say it in words where an expectation was not evaluated for want of a column."""
    lower = {name.lower() for name in columns}
    absent = [name for name in expectation.columns if name.lower() not in lower]
    if outcome.problem and absent:
        return replace(outcome, problem=f"there is no column {', '.join(absent)}")
    return outcome


def _row(
    gate: str,
    suite: Suite,
    expectation: Expectation,
    outcome: Outcome,
    example: dict[str, str],
) -> dict[str, Any]:
    return {
        "gate": gate,
        "suite": suite.name,
        "expectation": expectation.name,
        "column_name": ", ".join(expectation.columns) or None,
        "severity": "critical" if outcome.problem else expectation.severity,
        "success": outcome.success,
        "observed": words.observed(outcome),
        "unexpected_count": words.unexpected_count(expectation, outcome),
        "message": words.message(suite, expectation, outcome, example),
    }


def _stop_message(
    gate: str, results: pd.DataFrame, failed: pd.DataFrame, page: str
) -> str:
    lines = [
        f"Gate {gate} stopped the build: {len(failed)} of {len(results)} expectations "
        "failed that are critical.",
        *(f"  {n}. {text}" for n, text in enumerate(failed["message"], 1)),
        f"All results are on the page {page}",
    ]
    return "\n".join(lines)
