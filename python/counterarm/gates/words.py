"""Describe the outcome of an expectation: short JSON for a table, a sentence."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from counterarm.gates.engine import Outcome
from counterarm.gates.suites import ROWS_TYPE, Expectation, Suite

_LISTED = 10
# Sums of floats differ in their last digits from run to run.
_DIGITS = 9


def observed(outcome: Outcome) -> str:
    """Return what was observed as a value or short JSON, equal in every run."""
    if outcome.problem:
        return "not evaluated"
    result = outcome.result
    if "element_count" in result:
        names = ("element_count", "missing_count", "unexpected_count")
        found = {name: result[name] for name in names if name in result}
        if result.get("unexpected_percent") is not None:
            found["unexpected_percent"] = round(result["unexpected_percent"], 4)
        return json.dumps(found)
    if result.get("observed_value") is not None:
        return _short(result["observed_value"])
    counted = ("unexpected_count", "missing_count")
    found = {name: result[name] for name in counted if name in result}
    return json.dumps(found) if found else "nothing"


def unexpected_count(expectation: Expectation, outcome: Outcome) -> int | None:
    """Return how many values or rows are unexpected, None where that is no count."""
    if outcome.problem:
        return None
    if expectation.type == ROWS_TYPE:
        return int(outcome.result.get("observed_value") or 0)
    count = outcome.result.get("unexpected_count")
    return None if count is None else int(count)


def message(
    suite: Suite,
    expectation: Expectation,
    outcome: Outcome,
    example: Mapping[str, str],
) -> str:
    """Return the sentences about one expectation, for those responsible for the data.

    A failure says where, what, how many, an example row, why it matters and what
    to do; a success, what was tolerated.
    """
    found = finding(expectation, outcome, example)
    if outcome.success:
        return found
    where = suite.full_name
    if expectation.columns:
        word = "column" if len(expectation.columns) == 1 else "columns"
        where += f", {word} {', '.join(expectation.columns)}"
    return (
        f"{where}: {expectation.name}: {found} Why: {_stop(expectation.because)} "
        f"What to do: {_stop(expectation.do)}"
    )


def finding(
    expectation: Expectation, outcome: Outcome, example: Mapping[str, str]
) -> str:
    """Return what was found, with the example row of a failure."""
    if outcome.success:
        return _success(expectation, outcome)
    found = f"{_failure(expectation, outcome)}."
    if example:
        row = ", ".join(f"{name} = {value}" for name, value in example.items())
        found += f" Example row: {row}."
    return found


def rule(expectation: Expectation) -> str:
    """Return the rule as its type and parameters, without the query of a type."""
    words = expectation.type.removeprefix("expect_").replace("_", " ")
    hidden = {"column", "unexpected_rows_query"}
    given = [
        f"{name} {_short(value)}"
        for name, value in expectation.kwargs.items()
        if name not in hidden
    ]
    return f"{words} ({', '.join(given)})" if given else words


def _success(expectation: Expectation, outcome: Outcome) -> str:
    checked = _checked(outcome)
    if checked == 0:
        return "Passed: there are no values to check."
    count = unexpected_count(expectation, outcome)
    if count:
        return (
            f"Passed: {count:,} of {_counted(checked, 'value')} failed, which the rule "
            f"allows ({rule(expectation)})."
        )
    return "Passed."


def _failure(expectation: Expectation, outcome: Outcome) -> str:
    if outcome.problem:
        problem = " ".join(outcome.problem.split()).rstrip(".")
        return f"could not be evaluated, which counts as a critical failure ({problem})"
    result = outcome.result
    count = unexpected_count(expectation, outcome)
    if expectation.type == ROWS_TYPE:
        return f"failed in {_counted(count, 'row')}"
    found = []
    checked = _checked(outcome)
    if count and checked:
        thing = "value" if len(expectation.columns) == 1 else "row"
        found.append(
            f"failed in {count:,} of {_counted(checked, thing)} "
            f"({100 * count / checked:.3g} %)"
        )
    elif count:
        found.append(f"failed in {_counted(count, 'distinct value')}")
    elif result.get("observed_value") is not None and not result.get("details"):
        found.append(f"observed {_short(result['observed_value'])}")
    elif "observed_value" in result and "missing_count" not in result:
        found.append("there are no values to evaluate")
    missing = result.get("partial_missing_list") or []
    if missing:
        found.append(f"missing are {_list(missing, result.get('missing_count'))}")
    mismatched = (result.get("details") or {}).get("mismatched")
    if isinstance(mismatched, Mapping):
        for word in ("missing", "unexpected"):
            if mismatched.get(word):
                found.append(f"{word} are {_list(mismatched[word])}")
    elif mismatched:
        found.append(f"observed {_short(result['observed_value'])}")
    found.append(f"the rule is: {rule(expectation)}")
    return "; ".join(found)


def _checked(outcome: Outcome) -> int | None:
    """Return how many values the rule looked at, which leaves out the missing ones."""
    elements = outcome.result.get("element_count")
    if elements is None:
        return None
    return elements - (outcome.result.get("missing_count") or 0)


def _counted(count: int | None, thing: str) -> str:
    return f"{count or 0:,} {thing}{'' if count == 1 else 's'}"


def _list(values: Sequence[Any], count: int | None = None) -> str:
    listed = sorted(str(value) for value in values)
    rest = (count or len(listed)) - _LISTED
    return ", ".join(listed[:_LISTED]) + (f" and {rest} more" if rest > 0 else "")


def _stop(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _short(value: Any) -> str:
    plain = _plain(value)
    if isinstance(plain, list) and len(plain) > _LISTED:
        plain = [*plain[:_LISTED], f"... {len(plain)} in all"]
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold, floats with their reproducible digits."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float | Decimal):
        number = float(value)
        return float(f"{number:.{_DIGITS}g}") if math.isfinite(number) else str(number)
    if isinstance(value, set | frozenset):
        return sorted((_plain(one) for one in value), key=str)
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else str(value)
