"""Read the JSON log of a dbt run: how far it is, and what it says."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# what makes dbt write such a log to its standard output
AS_JSON = ("--log-format", "json", "--log-level", "info")
# Unit tests test code, not data: a run on a delivery leaves them out.
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
_NODE_IS_DONE = ("LogTestResult", "LogModelResult", "LogSeedResult")
_NODE_STARTS = "LogStartLine"
# dbt says this and ends with 0 where a selection holds nothing
NOTHING_SELECTED = "NothingToDo"
_TRACEBACK = re.compile(r"^\s*Traceback \(most recent call last\):", re.MULTILINE)
_EXCEPTION = re.compile(r"^\s*(?:\w+\.)*\w*(?:Error|Exception|Failed|Interrupt): ?")
# DuckDB's binding counts what the interpreter still holds when it ends: no trouble.
_NOISE = re.compile(
    r"nanobind: |\s*- (leaked (instance|type|function|keep_alive) |\.\.\. skipped)"
    r"|See https://nanobind\."
)


@dataclass(frozen=True)
class Line:
    """A line of the log: nodes done so far, nodes in all (0: not known yet), text.

    `event` is dbt's name of it, `step` the node that starts or ends with it.
    """

    done: int
    of: int
    text: str
    is_trouble: bool
    is_error: bool = field(default=False, compare=False)
    event: str = field(default="", compare=False)
    step: str = field(default="", compare=False)


def read_log(lines: Iterable[str]) -> Iterator[Line]:
    """Yield the lines of a log; warnings, errors and what is no JSON are trouble.

    The lines of a crash are no JSON. Of an exception in a model only what it says is
    left, not where it was raised: dbt's own log file has that.
    """
    done, of = 0, 0
    for line in lines:
        try:
            event = json.loads(line)
            info, data = event["info"], event["data"]
        except (ValueError, KeyError, TypeError):
            if line.strip() and not _NOISE.match(line):
                text = line.rstrip()
                yield Line(done, of, text, is_trouble=True, is_error=True)
            continue
        if info["name"] in _NODE_IS_DONE:
            done, of = done + 1, data.get("total") or of
        elif info["name"] == _NODE_STARTS:
            of = data.get("total") or of
        level = info.get("level")
        yield Line(
            done,
            of,
            without_traceback(info["msg"].strip()),
            is_trouble=level in ("warn", "error"),
            is_error=level == "error",
            event=info["name"],
            step=(data.get("node_info") or {}).get("node_name") or "",
        )


def without_traceback(text: str) -> str:
    """Return a message without the places that its exception passed through.

    What stands before the traceback is kept, and of the exception its words.
    """
    found = _TRACEBACK.search(text)
    if not found:
        return text
    head = text[: found.start()].replace("Python model failed:", "").strip()
    rest = text[found.end() :].splitlines()
    # of several exceptions, one raised by another, the last is the one that counts
    starts = [number for number, line in enumerate(rest) if _EXCEPTION.match(line)]
    if not starts:
        return "\n".join([head, *rest[-1:]]).strip()
    words = [_EXCEPTION.sub("", rest[starts[-1]], count=1), *rest[starts[-1] + 1 :]]
    indented = [f"  {line.strip()}" for line in words if line.strip()]
    return "\n".join([head, *indented])
