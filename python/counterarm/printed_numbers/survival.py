"""Medians, orders, months and what a hazard ratio means in percent."""

from counterarm.printed_numbers.finding import (
    CANNOT_TELL,
    CONSISTENT,
    Finding,
    Items,
    change,
    judged,
    one,
    option_of,
)
from counterarm.printed_numbers.printed import overlap, shown
from counterarm.units import MONTH


def in_order(items: Items, options: dict[str, str]) -> Finding:
    """Check that numbers rise, as minimum, quartiles, median and maximum do.

    Days among months are turned into months.
    """
    numbers = items["value"]
    scales = [
        1 / MONTH
        if number.unit == "days" and any(n.unit == "months" for n in numbers)
        else 1.0
        for number in numbers
    ]
    pairs = zip(numbers[:-1], scales[:-1], numbers[1:], scales[1:], strict=True)
    wrong = [
        f"{left.text} before {right.text}"
        for left, a, right, b in pairs
        # Rounding keeps order, so intervals that only touch are out of order too.
        if left.low * a >= right.high * b - 1e-12
    ]
    return judged(
        not wrong,
        "rising",
        f"{', '.join(n.text for n in numbers)}: "
        + (f"not in order: {'; '.join(wrong)}" if wrong else "in order"),
    )


def median_events(items: Items, options: dict[str, str]) -> Finding:
    """Check a median survival against the number of events.

    Each event lowers the Kaplan-Meier curve by 1/n of subjects or more, so a median
    that was not reached means fewer than n/2 events; one that was reached means an
    event. The reverse does not hold: censoring lets few events bring the curve to one
    half.
    """
    median, events, total = (one(items, role) for role in ("median", "events", "n"))
    if median.value is None:
        return judged(
            2 * events.count < total.count,
            f"fewer than {total.count / 2:g} events",
            f"the median was not reached, with {events.text} events of {total.text}",
            (change(events, f"fewer than {total.count / 2:g}"),),
        )
    return judged(
        0 < events.count <= total.count,
        f"1 to {total.text} events",
        f"the median was reached, with {events.text} events of {total.text}",
    )


def rmst_median(items: Items, options: dict[str, str]) -> Finding:
    """Check a restricted mean against the median: up to it survival is above 1/2."""
    median, mean = one(items, "median"), one(items, "rmst")
    if median.value is None:
        return Finding(CANNOT_TELL, "", "no median")
    if mean.high < median.low / 2:
        return Finding(
            CANNOT_TELL,
            f"at least {median.low / 2:.1f}",
            "the mean is less than half the median: it was taken up to an earlier day",
        )
    return Finding(
        CONSISTENT,
        f"at least {median.low / 2:.1f} if taken up to the median",
        f"mean {mean.text}, median {median.text}",
    )


def months(items: Items, options: dict[str, str]) -> Finding:
    """Check a number of months against days, a month being 365/12 days."""
    days, printed = one(items, "days"), one(items, "months")
    low, high = days.low / MONTH, days.high / MONTH
    right = shown(days.number / MONTH, printed.decimals)
    return judged(
        overlap(low, high, printed),
        f"{low:.3f} to {high:.3f}",
        f"{days.text} days are {right} months of 365/12 days, printed {printed.text}",
        (change(printed, right),),
    )


def risk_reduction(items: Items, options: dict[str, str]) -> Finding:
    """Check a reduction of risk in percent against 100 (1 - hazard ratio)."""
    hazard, printed = one(items, "hazard_ratio"), one(items, "percent")
    low, high = 100 * (1 - hazard.high), 100 * (1 - hazard.low)
    right = shown(100 * (1 - hazard.value), printed.decimals)
    return judged(
        overlap(low, high, printed),
        f"{low:.1f} to {high:.1f}",
        f"a hazard ratio of {hazard.text} is {right}% less risk, printed "
        f"{printed.text}",
        (change(printed, right),),
    )


def difference(items: Items, options: dict[str, str]) -> Finding:
    """Check a printed difference against the two numbers, regardless of its sign."""
    first, second, printed = (
        one(items, role) for role in ("first", "second", "difference")
    )
    gap = abs(first.number - second.number)
    off = first.half + second.half
    right = shown(gap, printed.decimals)
    return judged(
        overlap(gap - off, gap + off, printed),
        f"{gap - off:.4g} to {gap + off:.4g}",
        f"{first.text} and {second.text} differ by {right}, printed {printed.text}",
        (change(printed, right),),
    )


def pairs_within(items: Items, options: dict[str, str]) -> Finding:
    """Check order statistics of two paired groups against the caliper of the pairs.

    If every pair differs by c at most, so do the two smallest values, the two largest,
    and any two of the same rank: the r values up to the r-th of one group have r
    partners that lie no more than c above it. `over` is the printed number of pairs
    beyond.
    """
    first, second, over = (one(items, role) for role in ("first", "second", "over"))
    caliper = float(option_of(options, "caliper"))
    if over.count:
        return Finding(CANNOT_TELL, "", f"{over.text} pairs differ by more")
    gap = max(first.low - second.high, second.low - first.high, 0.0)
    return judged(
        gap <= caliper + 1e-9,
        f"apart by {caliper:g} at most",
        f"{first.text} and {second.text} are the same rank of paired groups, "
        f"{abs(first.number - second.number):.3g} apart, where no pair differs by more "
        f"than {caliper:g}",
        (
            change(first, f"within {caliper:g} of {second.text}"),
            change(second, f"within {caliper:g} of {first.text}"),
            change(over, "at least 1"),
        ),
    )
