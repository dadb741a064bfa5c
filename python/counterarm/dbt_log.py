"""Read the JSON log of a dbt run: how far it is, and what it says."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# what makes dbt write such a log to its standard output
AS_JSON = ("--log-format", "json", "--log-level", "info")
# Unit tests test code, not data: a run on a delivery leaves them out.
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
_NODE_IS_DONE = ("LogTestResult", "LogModelResult", "LogSeedResult")


@dataclass(frozen=True)
class Line:
    """A line of the log: nodes done so far, nodes in all (0: not known yet), text."""

    done: int
    of: int
    text: str
    is_trouble: bool


def read_log(lines: Iterable[str]) -> Iterator[Line]:
    """Yield the lines of a log; warnings, errors and what is no JSON are trouble.

    The lines of a crash are no JSON.
    """
    done, of = 0, 0
    for line in lines:
        try:
            event = json.loads(line)
            info, data = event["info"], event["data"]
        except (ValueError, KeyError, TypeError):
            if line.strip():
                yield Line(done, of, line.rstrip(), is_trouble=True)
            continue
        if info["name"] in _NODE_IS_DONE:
            done, of = done + 1, data.get("total") or of
        is_trouble = info.get("level") in ("warn", "error")
        yield Line(done, of, info["msg"].strip(), is_trouble=is_trouble)
