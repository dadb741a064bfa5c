"""The small languages of the mapping seeds: date formats and row filters."""

import re
from dataclasses import dataclass

# What a person writes, and what DuckDB's strptime calls it; longest first.
DATE_PARTS = {
    "YYYY": "%Y",
    "YY": "%y",
    "MON": "%b",
    "MM": "%m",
    "DD": "%d",
    "HH": "%H",
    "MI": "%M",
    "SS": "%S",
}
DATE_TOKEN = re.compile("|".join(DATE_PARTS))
CONDITION = re.compile(r"^\s*(?P<column>[^=!]+?)\s*(?P<sign>!?=)\s*(?P<values>.*?)\s*$")


class FormError(ValueError):
    """A date format or row filter that cannot be understood; the text says why."""


@dataclass(frozen=True)
class Condition:
    """A column that must be, or must not be, one of some values; "" is empty."""

    column: str
    is_wanted: bool
    values: tuple[str, ...]


def strptime_formats(text: str) -> tuple[str, ...]:
    """Return the strptime formats of a date format; several are joined by `|`.

    `DD.MM.YYYY` is `%d.%m.%Y`. Raises `FormError` where a letter stands for nothing or
    day, month or year is missing, so that no date is made of a guess.
    """
    return tuple(strptime_format(one.strip()) for one in text.split("|"))


def strptime_format(text: str) -> str:
    """Return one date format as strptime writes it."""
    parts = DATE_TOKEN.findall(text)
    rest = DATE_TOKEN.sub("", text)
    if re.search(r"[A-Za-z%]", rest):
        raise FormError(
            f"holds {rest.strip()!r}; write it with {', '.join(DATE_PARTS)}, "
            "as in DD.MM.YYYY"
        )
    for kinds in ({"YYYY", "YY"}, {"MON", "MM"}, {"DD"}):
        if sum(part in kinds for part in parts) != 1:
            raise FormError(f"must name {' or '.join(sorted(kinds))} once")
    return DATE_TOKEN.sub(lambda part: DATE_PARTS[part[0]], text)


def parse_filter(text: str) -> tuple[Condition, ...]:
    """Return the conditions of a row filter, joined by `&`; all must hold.

    `a=x` is met where column a holds x, `a=x|y` where it holds x or y, `a!=x` where it
    does not hold x, `a=` where it is empty and `a!=` where it is filled. Case and
    blanks around a value count for nothing. Raises `FormError`.
    """
    conditions = []
    for one in text.split("&"):
        found = CONDITION.match(one)
        if not found:
            raise FormError(
                f"holds {one.strip()!r}, which is no condition such as column=value"
            )
        conditions.append(
            Condition(
                column=found["column"].lower(),
                is_wanted=found["sign"] == "=",
                values=tuple(value.strip() for value in found["values"].split("|")),
            )
        )
    return tuple(conditions)
