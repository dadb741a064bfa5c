"""Which date format a column has, and where day and month are ambiguous."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from counterarm.intake.forms import date_form

ISO = "YYYY-MM-DD"
DAYS = (
    ISO,
    "YYYY/MM/DD",
    "YYYY.MM.DD",
    "YYYY. MM. DD",
    "DD.MM.YYYY",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "DD-MM-YYYY",
    "MM-DD-YYYY",
    "DD-MON-YYYY",
    "DD MON YYYY",
    "DD.MM.YY",
    "DD/MM/YY",
    "MM/DD/YY",
    "DD-MM-YY",
    "MM-DD-YY",
    "DD-MON-YY",
)
TIMES = ("", " HH:MI", " HH:MI:SS", "THH:MI", "THH:MI:SS")
FORMS = {
    day + time: date_form(day + time)
    for time in TIMES
    for day in DAYS
    if day == ISO or not time.startswith("T")
}
PATTERNS = {name: re.compile(form.pattern) for name, form in FORMS.items()}
MAY_BE_DATE = re.compile(r"\d{1,4}\D{1,2}(\d{1,2}|[A-Za-z]{3})\D{1,2}\d{1,4}.*")
CHOICE = " or "


@lru_cache(maxsize=1 << 16)
def formats_of(value: str) -> tuple[str, ...]:
    """Return the formats in which a text is a day of the calendar."""
    if not MAY_BE_DATE.fullmatch(value):
        return ()
    return tuple(
        name
        for name, form in FORMS.items()
        if PATTERNS[name].fullmatch(value) and is_day(value, form.strptime)
    )


def is_day(value: str, strptime: str) -> bool:
    """Tell whether a text names a day that there is."""
    try:
        dt.datetime.strptime(value, strptime)
    except ValueError:
        return False
    return True


def swapped(name: str) -> str | None:
    """Return the format with day and month in each other's place, if it is in use."""
    other = re.sub("DD|MM", lambda part: "MM" if part[0] == "DD" else "DD", name)
    return other if other != name and other in FORMS else None


@dataclass(frozen=True)
class ColumnDates:
    """The format of one column: several parts where its dates are of several forms.

    `is_ambiguous` where every day is 12 or less, `is_mixed` where some dates have the
    day and some the month in front.
    """

    parts: tuple[str, ...]
    is_ambiguous: bool = False
    is_mixed: bool = False

    @property
    def order(self) -> str | None:
        """DD or MM, whichever comes first; None if unknown or alike in all formats."""
        if self.is_ambiguous or self.is_mixed:
            return None
        return next((part[:2] for part in self.parts if swapped(part)), None)

    def written(self, order: str | None = None) -> str:
        """Return the date_format; of an ambiguous one that with `order` in front.

        Where no order is known both are named, which no build takes: a person chooses.
        """
        if not self.is_ambiguous and not self.is_mixed:
            return "|".join(self.parts)
        if self.is_mixed or order is None:
            days = dict.fromkeys(
                CHOICE.join(sorted((part, swapped(part)))) if swapped(part) else part
                for part in self.parts
            )
            return "|".join(days)
        return "|".join(ordered(part, order) for part in self.parts)


def ordered(name: str, order: str) -> str:
    """Return a format with day or month in front, as it is where it has one order."""
    other = swapped(name)
    return other if other is not None and not name.startswith(order) else name


def column_dates(shapes: Mapping[tuple[str, ...], int]) -> ColumnDates | None:
    """Return the format of a column from the formats that each of its values has.

    None where there is no value, or one that is no date. The fewest formats that all
    values have are taken, of several the first of `FORMS`.
    """
    left = {formats: n for formats, n in shapes.items() if n}
    if not left or () in left:
        return None
    parts: list[str] = []
    known: set[str] = set()
    has_two_orders = False
    while left:
        counts: Counter[str] = Counter()
        for formats, n in left.items():
            counts.update(dict.fromkeys(formats, n))
        best = max(FORMS, key=lambda name: counts[name])
        other = swapped(best)
        covered = [formats for formats in left if best in formats]
        if other is not None:
            has_two_orders = True
            if not all(other in formats for formats in covered):
                known.add(best[:2])
        parts.append(best)
        left = {formats: n for formats, n in left.items() if best not in formats}
    if len(known) == 1:
        parts = [ordered(part, *known) for part in parts]
    return ColumnDates(
        tuple(parts),
        is_ambiguous=has_two_orders and not known,
        is_mixed=len(known) > 1,
    )


@dataclass(frozen=True)
class Order:
    """Whether day or month stands in front in a file, and the column that shows it."""

    order: str
    place: str


def order_of(columns: Iterable[tuple[str, ColumnDates]]) -> Order | None:
    """Return the order that columns, with their place in words, agree on."""
    found = [
        Order(dates.order, place) for place, dates in columns if dates.order is not None
    ]
    return found[0] if len({one.order for one in found}) == 1 else None


def note_on(dates: ColumnDates, order: Order | None) -> str:
    """Return what a person must know of a column's format, empty where it is plain."""
    if dates.is_mixed:
        return (
            "some dates have the day in front and some the month: have them corrected"
        )
    if not dates.is_ambiguous:
        return ""
    text = "day and month are ambiguous (every day is 12 or less)"
    if order is None:
        return f"{text}: {dates.written()}; ask the site and keep one"
    return f"{text}; {dates.written(order.order)} as in {order.place}"
