"""Printed numbers: what the letters say, and how far rounding blurs them."""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

# The quantity of a bound such as "log-rank p below".
BELOW = re.compile(r"\b(below|less than|at most)$")
NUMBER = r"[-\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
PLAIN = re.compile(rf"(?P<sign>[<>\u2264\u2265=~]?)\s*(?P<number>{NUMBER})\s*%?")
RATIO = re.compile(rf"(?P<left>{NUMBER})\s*:\s*(?P<right>{NUMBER})")
NOT_REACHED = re.compile(
    r"not\s+(reached|estimated|estimable)|n\.?[re]\.?", re.IGNORECASE
)
BOUNDS = {"<": "below", "\u2264": "below", ">": "above", "\u2265": "above"}


@dataclass(frozen=True)
class Printed:
    """One printed number.

    `value` is exact (a fraction), None where the print holds no single number, for
    which `reason` explains. `decimals` are those printed; `bound` is `below` or
    `above` for print such as "<0.001". `captured` holds what a relation read from its
    names.
    """

    text: str
    value: Fraction | None = None
    decimals: int = 0
    bound: str | None = None
    reason: str | None = None
    place: tuple[str, ...] = ()
    unit: str | None = None
    captured: dict[str, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def half(self) -> float:
        """Half a unit of the last printed decimal."""
        return 0.5 * 10.0**-self.decimals

    @property
    def number(self) -> float:
        """The value as a float."""
        if self.value is None:
            raise ValueError(f"{self.text!r} holds no single number: {self.reason}")
        return float(self.value)

    @property
    def low(self) -> float:
        """Lowest value that prints so."""
        return self.number - self.half

    @property
    def high(self) -> float:
        """Highest value that prints so."""
        return self.number + self.half

    @property
    def count(self) -> int:
        """The value as a whole number; ValueError where it is none."""
        if self.value is None or self.value.denominator != 1:
            raise ValueError(f"{self.text!r} is not a whole number")
        return int(self.value)

    @property
    def name(self) -> str:
        """Where it is printed, and what it is of."""
        return ", ".join(self.place[1:]) or self.text


def parse_printed(text: str, quantity: str = "") -> Printed:
    """Read a printed number.

    Knows thousands commas, a minus of any kind, a percent sign, "<0.001", "1: 1.6" (the
    1.6 of it) and "not reached". Two counts as "95: 62" hold no single number, so
    value is None and reason says it; the same for anything that cannot be read.
    `quantity` tells that a number is a bound where the print leaves that to the words,
    as in "p below".
    """
    stripped = text.strip()
    by_words = "below" if BELOW.search(quantity) else None
    if plain := PLAIN.fullmatch(stripped):
        value, decimals = exact(plain["number"])
        bound = BOUNDS.get(plain["sign"], by_words)
        return Printed(stripped, value, decimals, bound)
    if ratio := RATIO.fullmatch(stripped):
        if ratio["left"] == "1":
            value, decimals = exact(ratio["right"])
            return Printed(stripped, value, decimals)
        return Printed(stripped, reason="two counts, not one number")
    if NOT_REACHED.fullmatch(stripped):
        return Printed(stripped, reason="not reached, so there is no number")
    return Printed(stripped, reason="not a number")


def exact(number: str) -> tuple[Fraction, int]:
    """Return the value of printed digits and the number of their decimals."""
    digits = number.replace(",", "").replace("\u2212", "-")
    return Fraction(digits), len(digits.partition(".")[2])


def half_up(value: Fraction, decimals: int) -> Fraction:
    """Round, a tie away from zero."""
    scaled = abs(value) * 10**decimals
    rounded = Fraction(floor(scaled + Fraction(1, 2)), 10**decimals)
    return rounded if value >= 0 else -rounded


def half_even(value: Fraction, decimals: int) -> Fraction:
    """Round, a tie to the even digit."""
    return Fraction(round(value * 10**decimals), 10**decimals)


def truncated(value: Fraction, decimals: int) -> Fraction:
    """Cut off what follows the last decimal."""
    cut = Fraction(floor(abs(value) * 10**decimals), 10**decimals)
    return cut if value >= 0 else -cut


def prints_as(value: Fraction, printed: Printed) -> bool:
    """Whether an exact value, rounded half up or half to even, is the printed one."""
    return printed.value in (
        half_up(value, printed.decimals),
        half_even(value, printed.decimals),
    )


def cut_note(value: Fraction, printed: Printed) -> str:
    """Say so where only cutting off gives the printed number."""
    if prints_as(value, printed):
        return ""
    if truncated(value, printed.decimals) == printed.value:
        return f"; {printed.text} is what cutting off the decimals gives"
    return ""


def shown(value: Fraction | float, decimals: int) -> str:
    """Return a number as it would be printed with these decimals."""
    return f"{float(half_up(Fraction(value), decimals)):.{decimals}f}"


def overlap(low: float, high: float, printed: Printed) -> bool:
    """Whether an interval meets what a printed number may stand for.

    A bound as "<0.001" stands for everything beyond it. The interval is widened by a
    relative 1e-9, so that rounding in the arithmetic never makes a contradiction.
    """
    slack = 1e-9 * max(1.0, abs(low), abs(high))
    below, above = (printed.low, printed.high)
    if printed.bound == "below":
        below, above = float("-inf"), printed.number
    if printed.bound == "above":
        below, above = printed.number, float("inf")
    return low - slack <= above and below <= high + slack
