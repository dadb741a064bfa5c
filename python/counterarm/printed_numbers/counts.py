"""Counts, their percentages, ratios, sums and splits."""

from fractions import Fraction
from math import ceil, floor

from counterarm.printed_numbers.finding import (
    CONSISTENT,
    CONTRADICTION,
    Finding,
    Items,
    change,
    judged,
    one,
    option_of,
)
from counterarm.printed_numbers.printed import Printed, cut_note, prints_as, shown

# Corrections that are listed of one number; more of them say nothing.
MOST_CORRECTIONS = 4


def percent(items: Items, options: dict[str, str]) -> Finding:
    """Check a percentage against its count and total, under any usual rounding."""
    count, total, printed = (one(items, role) for role in ("count", "total", "percent"))
    if total.count == 0:
        return Finding("cannot tell", "", "the total is 0")
    value = Fraction(100 * count.count, total.count)
    right = shown(value, printed.decimals)
    stated = f"{count.count} of {total.count} is {right}%"
    if prints_as(value, printed):
        return Finding(CONSISTENT, right, stated)
    fits = [
        n
        for n in range(total.count + 1)
        if prints_as(Fraction(100 * n, total.count), printed)
    ]
    totals = [
        n
        for n in range(max(count.count, 1), 2 * total.count + 1)
        if prints_as(Fraction(100 * count.count, n), printed)
    ]
    swapped = sorted(right) == sorted(printed.text) and right != printed.text
    return Finding(
        CONTRADICTION,
        right,
        f"{stated}, printed {printed.text}%{cut_note(value, printed)}"
        + ("; the same digits in another order" if swapped else ""),
        (
            change(printed, right),
            *(change(count, n) for n in fits[:MOST_CORRECTIONS]),
            *(change(total, n) for n in totals[:MOST_CORRECTIONS]),
        ),
    )


def total_of(items: Items, options: dict[str, str]) -> Finding:
    """Check that parts add to a whole."""
    whole, parts = one(items, "whole"), items["part"]
    added = sum(part.count for part in parts)
    sum_text = (
        " + ".join(part.text for part in parts)
        if len(parts) <= 6
        else f"the sum of {len(parts)} counts"
    )
    difference = whole.count - added
    mends = tuple(
        change(part, part.count + difference)
        for part in parts
        if part.count + difference >= 0
    )
    return judged(
        difference == 0,
        str(added),
        f"{sum_text} is {added}" + (f", printed {whole.text}" if difference else ""),
        (change(whole, added), *(mends if len(parts) <= 6 else ())),
    )


def percent_total(items: Items, options: dict[str, str]) -> Finding:
    """Check that the percentages of a split can add to 100.

    Each is off by half a unit of its last decimal at most.
    """
    parts = items["part"]
    added = sum((part.value for part in parts), Fraction(0))
    off = sum((Fraction(1, 2 * 10**part.decimals) for part in parts), Fraction(0))
    decimals = max(part.decimals for part in parts)
    return judged(
        abs(added - 100) <= off,
        f"{shown(100 - off, decimals + 1)} to {shown(100 + off, decimals + 1)}",
        f"{' + '.join(part.text for part in parts)} is {shown(added, decimals)}%",
        tuple(
            change(part, shown(part.value + 100 - added, part.decimals))
            for part in parts
        ),
    )


def ratio(items: Items, options: dict[str, str]) -> Finding:
    """Check a printed ratio, as the 1.6 of "1: 1.6", against its two counts."""
    printed, top, bottom = (
        one(items, role) for role in ("ratio", "numerator", "denominator")
    )
    if bottom.count == 0:
        return Finding("cannot tell", "", "the ratio to 0 is not a number")
    value = Fraction(top.count, bottom.count)
    right = shown(value, printed.decimals)
    stated = f"{top.count} / {bottom.count} is {shown(value, max(2, printed.decimals))}"
    if prints_as(value, printed):
        return Finding(CONSISTENT, right, stated)
    tops = [
        n
        for n in range(1, 2 * top.count + 2)
        if prints_as(Fraction(n, bottom.count), printed)
    ]
    return Finding(
        CONTRADICTION,
        right,
        f"{stated}, printed {printed.text}{cut_note(value, printed)}",
        (
            change(printed, right),
            *(
                change(bottom, n)
                for n in fitting_denominators(printed, top, 2 * bottom.count)[
                    :MOST_CORRECTIONS
                ]
            ),
            *(change(top, n) for n in tops[:MOST_CORRECTIONS]),
        ),
    )


def fitting_denominators(printed: Printed, top: Printed, most: int) -> list[int]:
    """Return every count up to `most` that makes the ratio with the numerator."""
    half = Fraction(1, 2 * 10**printed.decimals)
    least = max(floor(top.count / (printed.value + half)), 1)
    low = printed.value - half
    last = min(ceil(top.count / low), most) if low > 0 else most
    return [
        n for n in range(least, last + 1) if prints_as(Fraction(top.count, n), printed)
    ]


def ratio_split(items: Items, options: dict[str, str]) -> Finding:
    """Find the total of a split that its ratios were made from.

    Roles ratio, numerator and denominator come in the same order, one of each for every
    part, and whole is the total of the denominators. A part whose printed counts make
    its ratio keeps its count; for the others every whole number up to the total is
    tried. What the counts so found add to must be the printed total.
    """
    whole = one(items, "whole")
    totals, moved = {0}, []
    for printed, top, bottom in zip(
        items["ratio"], items["numerator"], items["denominator"], strict=True
    ):
        fits = fitting_denominators(printed, top, max(whole.count, bottom.count))
        if bottom.count in fits:
            fits = [bottom.count]
        else:
            tried = " or ".join(map(str, fits[:MOST_CORRECTIONS])) or "no whole number"
            moved.append(f"{printed.name} {printed.text} fits {top.text} / {tried}")
        totals = {total + n for total in totals for n in fits}
    found = " or ".join(map(str, sorted(totals))) or "no count"
    if not moved:
        return judged(
            whole.count in totals,
            found,
            f"the ratios fit the printed counts, which add to {found}",
            (change(whole, found),),
        )
    return judged(
        whole.count in totals,
        found,
        f"{'; '.join(moved)}: the ratios fit a total of {found}, printed {whole.text}",
        (change(whole, found),),
    )


def same(items: Items, options: dict[str, str]) -> Finding:
    """Check that a number printed twice is the same number."""
    first, second = one(items, "first"), one(items, "second")
    if None in (first.value, second.value):
        return Finding("cannot tell", "", "one of them is not a number")
    return judged(
        first.value == second.value,
        first.text,
        f"{first.text} here, {second.text} there",
        (change(first, second.text), change(second, first.text)),
    )


def at_most(items: Items, options: dict[str, str]) -> Finding:
    """Check that no part is larger than the whole, nor, if asked, their sum."""
    whole, parts = one(items, "whole"), items["part"]
    of_all = options.get("of") == "sum"
    largest = (
        sum(part.count for part in parts) if of_all else max(p.count for p in parts)
    )
    return judged(
        largest <= whole.count,
        f"at least {largest}",
        f"{'together' if of_all else 'the largest'} {largest}, of {whole.text}",
        (change(whole, f"at least {largest}"),),
    )


def union(items: Items, options: dict[str, str]) -> Finding:
    """Check the count of subjects with any event against those with each event."""
    whole, parts = one(items, "whole"), items["part"]
    largest, added = max(p.count for p in parts), sum(p.count for p in parts)
    return judged(
        largest <= whole.count <= added,
        f"{largest} to {added}",
        f"{whole.text} subjects with any of {len(parts)}: no fewer than the most "
        f"frequent ({largest}), no more than all together ({added})",
        (change(whole, f"{largest} to {added}"),),
    )


def listed_above(items: Items, options: dict[str, str]) -> Finding:
    """Check that a listed percentage passes the threshold of its table."""
    threshold = float(option_of(options, "threshold"))
    count, total = one(items, "count"), one(items, "total")
    value = 100 * count.count / total.count
    return judged(
        value > threshold,
        f"above {threshold:g}%",
        f"{count.text} of {total.text} is {value:.2f}%",
    )


def median_split(items: Items, options: dict[str, str]) -> Finding:
    """Check the sizes of the groups below a median, and at or above it.

    Of n subjects no more than floor(n / 2) lie strictly below their median, whatever
    the ties.
    """
    below, above, total = (one(items, role) for role in ("below", "above", "total"))
    most = total.count // 2
    mirrored = (
        f"{below.name} and {above.name}: at or below, and above, the median",
        change(below, f"at most {most}"),
    )
    return judged(
        below.count <= most and below.count + above.count == total.count,
        f"at most {most} below",
        f"at most {most} of {total.text} lie strictly below their median, printed "
        f"{below.text} below and {above.text} at or above",
        mirrored,
    )
