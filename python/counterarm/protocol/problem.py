"""A problem of the protocol, and the line that a row of a seed stands on."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite

import pandas as pd

from counterarm.findings import CRITICAL, Finding

FOLDER = "seeds/protocol"
# The index of rows that were read from a file holds the lines that they stand on.
LINE = "line"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """What is wrong in one place of a seed, and what to do about it."""

    seed: str
    line: int | None
    column: str | None
    value: object
    reason: str
    remedy: str = ""

    @property
    def file(self) -> str:
        """Return the file, as seen from the project's folder."""
        return f"{FOLDER}/{self.seed}.csv"

    def __str__(self) -> str:
        """Return file, line, column, value and reason, and the remedy where given."""
        place = self.file if self.line is None else f"{self.file} line {self.line}"
        shown = "" if is_empty(self.value) else f" {self.value!r}"
        named = f"{self.column}{shown} " if self.column else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{place}: {named}{self.reason}{remedy}"

    def finding(self) -> Finding:
        """Return the problem as a finding of `counterarm check`."""
        return Finding(
            kind="protocol",
            severity=CRITICAL,
            source="protocol",
            file=self.file,
            lines=[] if self.line is None else [self.line],
            column=self.column,
            value=None if is_empty(self.value) else str(self.value),
            reason=self.reason,
            remedy=self.remedy or "correct this cell",
        )


def at(
    seed: str, line: int, column: str, value: object, text: str, remedy: str = ""
) -> Problem:
    """Return one problem with the place where it stands."""
    return Problem(seed, line, column, value, text, remedy)


def numbered(rows: pd.DataFrame) -> Iterator[tuple[int, dict]]:
    """Yield the line of each row of a seed, its heading being line 1, and the row.

    Rows that keep the index of the seed keep their lines.
    """
    first = 0 if rows.index.name == LINE else 2
    for place, row in zip(rows.index, rows.to_dict("records"), strict=True):
        yield int(place) + first, row


def is_empty(value: object) -> bool:
    """Tell whether a seed's cell is empty."""
    return value is None or value is pd.NA or value != value or value == ""


def is_number(value: object) -> bool:
    """Tell whether a seed's cell is a finite number, written in plain digits."""
    if isinstance(value, bool):
        return False
    return bool(NUMBER.fullmatch(str(value))) and isfinite(float(str(value)))


def number(value: object, other: float) -> float:
    """Return a cell as a number; `other` where it is empty or none."""
    return float(str(value)) if is_number(value) else other


def near(value: object, names: Iterable[object]) -> str:
    """Return 'did you mean ...?' for the name that comes nearest, '' for none."""
    by_lower = {str(name).lower(): str(name) for name in names if not is_empty(name)}
    found = get_close_matches(str(value).lower().strip(), by_lower, 1, 0.66)
    return f"did you mean {by_lower[found[0]]!r}?" if found else ""
