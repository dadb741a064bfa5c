"""Great Expectations over an open DuckDB connection, without its side effects."""

import logging
import os
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

# The gates of one process take turns: Great Expectations keeps its context in a
# global, and dbt runs models as threads.
_TURN = threading.Lock()
_ROWS_KEPT = 20


@dataclass(frozen=True)
class Outcome:
    """What came of one expectation; `problem` says why it was not evaluated."""

    success: bool
    result: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None


def load() -> Any:
    """Import Great Expectations, which takes seconds, with its telemetry off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations
    # Some of its loggers set their own level, so that the one above is not enough:
    # what they say ends here and does not reach the output of the build.
    logger = logging.getLogger("great_expectations")
    logger.setLevel(logging.CRITICAL)
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return great_expectations


def expectation_class(kind: Any) -> Any:
    """Return the Great Expectations class of a type, or None if there is none."""
    load()
    from great_expectations.exceptions import ExpectationNotFoundError
    from great_expectations.expectations.registry import get_expectation_impl

    try:
        return get_expectation_impl(kind)
    except (ExpectationNotFoundError, TypeError, AttributeError):
        return None


@contextmanager
def session(connection: Any) -> Iterator[Callable[..., list[Outcome]]]:
    """Open Great Expectations on `connection`; gives a function that evaluates.

    The function takes schema, table and a list of (type, parameters) and returns
    an `Outcome` for each, in the same order.
    """
    gx = load()
    import duckdb_engine

    class ReadOnly(duckdb_engine.ConnectionWrapper):
        # Great Expectations reads results after it has given the connection
        # back; the rollback that comes with that would drop them.
        def begin(self) -> None: ...
        def commit(self) -> None: ...
        def rollback(self) -> None: ...

    with _TURN, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {
            "globally": False,
            "metric_calculations": False,
        }
        source = context.data_sources.add_sql(
            "warehouse",
            connection_string="duckdb:///:memory:",
            kwargs={"creator": lambda: ReadOnly(connection.cursor())},
        )
        try:
            yield lambda schema, table, expectations: _evaluate(
                gx, context, source, (schema, table), expectations
            )
        finally:
            source.get_engine().dispose()


def _evaluate(
    gx: Any,
    context: Any,
    source: Any,
    table: tuple[str, str],
    expectations: Sequence[tuple[str, dict[str, Any]]],
) -> list[Outcome]:
    """Evaluate a table's expectations; one that raises is tried again by itself.

    Great Expectations bundles measures into one query, so that one which fails
    takes others with it.
    """
    name = ".".join(table)
    batch = source.add_table_asset(
        name, table_name=table[1], schema_name=table[0]
    ).add_batch_definition_whole_table("all")

    def run(chosen: Sequence[int]) -> dict[int, Outcome]:
        suite = gx.ExpectationSuite(
            name=f"{name} {chosen[0]} of {len(chosen)}",
            expectations=[
                {
                    "type": expectations[n][0],
                    "kwargs": expectations[n][1],
                    "meta": {"number": n},
                }
                for n in chosen
            ],
        )
        definition = gx.ValidationDefinition(
            name=suite.name, data=batch, suite=context.suites.add(suite)
        )
        validated = context.validation_definitions.add(definition).run(
            result_format={
                "result_format": "BASIC",
                "partial_unexpected_count": _ROWS_KEPT,
            }
        )
        return {
            one.expectation_config.meta["number"]: _outcome(one)
            for one in validated.results
        }

    outcomes = run(range(len(expectations)))
    for number in range(len(expectations)):
        first = outcomes.get(number)
        if len(expectations) > 1 and (first is None or first.problem):
            outcomes |= run([number])
    missing = Outcome(False, problem="Great Expectations returned no result")
    return [outcomes.get(number, missing) for number in range(len(expectations))]


def _outcome(result: Any) -> Outcome:
    problem = _problem(result.exception_info or {})
    if problem:
        return Outcome(False, problem=problem)
    return Outcome(bool(result.success), dict(result.result or {}))


def _problem(info: dict[str, Any]) -> str | None:
    """Return the message of the exception, which comes flat or one per measure."""
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry.get("raised_exception"):
            message = str(entry.get("exception_message") or "no reason given")
            return message.split("[SQL:")[0].split("\nLINE")[0].strip()
    return None
