"""A printed power of a log-rank test against the proportions that it is of."""

from scipy.optimize import brentq

from counterarm.printed_numbers.finding import CANNOT_TELL, Finding, Items, judged, one
from counterarm.printed_numbers.printed import Printed, overlap
from counterarm.survival.power import freedman_power

# Points of each printed interval that are tried, ends included.
POINTS = 9


def log_rank_power(items: Items, options: dict[str, str]) -> Finding:
    """Check the power of the log-rank test by Freedman's formula, two-sided 5%.

    Role surviving: percent of the two groups that survive; n: subjects of each; power:
    percent. Proportions near 0 decide much: the power falls from its limit at 0 as
    soon as anybody survives.
    """
    power, per_group = one(items, "power"), one(items, "n")
    first, second = items["surviving"]
    grid = [
        freedman(s, t, per_group.count)
        for s in points(first)
        for t in points(second)
        if s != t
    ]
    if first.value == second.value or not grid:
        return Finding(CANNOT_TELL, "", "the same proportion survives in both")
    least, most = min(grid), max(grid)
    exact = freedman(first.number, second.number, per_group.count)
    return judged(
        overlap(least, most, power),
        f"{least:.1f} to {most:.1f}",
        f"{exact:.1f}% with {first.text}% and {second.text}% surviving of "
        f"{per_group.text} each, {least:.1f}% to {most:.1f}% within their rounding, "
        f"printed {power.text}%" + fitting(first, second, per_group.count, power),
        is_exact=overlap(exact, exact, power),
    )


def freedman(first: float, second: float, n: int) -> float:
    """Return the power in percent of two groups of n, of percentages surviving."""
    return 100 * freedman_power(first / 100, second / 100, n, n)


def points(percent: Printed) -> list[float]:
    """Return percentages that print so, below 100 and not below 0."""
    low, high = max(percent.low, 0.0), min(percent.high, 99.999)
    return [low + (high - low) * i / (POINTS - 1) for i in range(POINTS)]


def fitting(first: Printed, second: Printed, n: int, power: Printed) -> str:
    """Say which proportion of the worse group has exactly the printed power."""
    better, worse = sorted((first, second), key=lambda group: -group.number)

    def miss(percent: float) -> float:
        return freedman(better.number, percent, n) - power.number

    low, high = points(worse)[0], points(worse)[-1]
    if high >= better.number or miss(low) * miss(high) >= 0:
        return ""
    return f"; {brentq(miss, low, high):.2g}% surviving instead of {worse.text}% has it"
