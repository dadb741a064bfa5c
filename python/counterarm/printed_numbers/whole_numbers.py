"""GRIM and GRIMMER: what means and standard deviations of whole numbers can be."""

from fractions import Fraction
from math import ceil, floor

from counterarm.printed_numbers.finding import (
    CANNOT_TELL,
    CONSISTENT,
    Finding,
    Items,
    change,
    judged,
    one,
)
from counterarm.printed_numbers.printed import Printed, prints_as, shown


def grim(items: Items, options: dict[str, str]) -> Finding:
    """Check that a mean of whole numbers is a whole sum over the number of them.

    GRIM of Brown and Heathers 2017. The option `items` says of how many whole numbers
    each value is a mean. With 10^decimals of them or more every printed mean is
    possible, so nothing can be told.
    """
    mean, n = one(items, "mean"), one(items, "n")
    size = n.count * int(options.get("items", 1))
    if size >= 10**mean.decimals:
        return Finding(
            CANNOT_TELL,
            "any",
            f"{size} whole numbers have every mean of {mean.decimals} decimals",
        )
    sums = possible_sums(mean, size)
    near = [Fraction(n, size) for n in neighbours(mean.value * size)]
    close = [shown(value, mean.decimals) for value in near]
    return judged(
        bool(sums),
        " or ".join(close),
        f"means of {size} whole numbers next to {mean.text}: {' and '.join(close)}",
        tuple(change(mean, value) for value in close),
    )


def grimmer(items: Items, options: dict[str, str]) -> Finding:
    """Check that whole numbers with a printed mean can have a printed deviation.

    GRIMMER of Anaya 2016 in Allard's form: with sum S of n whole numbers the sum of
    squares is a whole number, and even where S is. The mean is checked first.
    """
    mean, sd, n = one(items, "mean"), one(items, "sd"), one(items, "n")
    size = n.count
    if size < 2:
        return Finding(CANNOT_TELL, "any", "one number has no deviation")
    sums = possible_sums(mean, size)
    if not sums:
        return grim(items, options)
    low = max(sd.value - Fraction(1, 2 * 10**sd.decimals), Fraction(0))
    high = sd.value + Fraction(1, 2 * 10**sd.decimals)
    for total in sums:
        squares = (
            ceil(low**2 * (size - 1) + Fraction(total**2, size)),
            floor(high**2 * (size - 1) + Fraction(total**2, size)),
        )
        if any(
            square % 2 == total % 2
            for square in range(squares[0], min(squares[1], squares[0] + 1) + 1)
        ):
            return Finding(
                CONSISTENT,
                "possible",
                f"sum {total} and a sum of squares from {squares[0]} to {squares[1]}",
            )
    return judged(
        False,
        "none",
        f"no {size} whole numbers have mean {mean.text} and deviation {sd.text}",
        (change(sd, "another value"), change(mean, "another value")),
    )


def possible_sums(mean: Printed, size: int) -> list[int]:
    """Return the whole sums of `size` numbers whose mean prints as given."""
    half = Fraction(1, 2 * 10**mean.decimals)
    first = floor((mean.value - half) * size)
    last = ceil((mean.value + half) * size)
    return [
        total
        for total in range(first, last + 1)
        if prints_as(Fraction(total, size), mean)
    ]


def neighbours(value: Fraction) -> tuple[int, int]:
    """Return the whole numbers below and above."""
    return floor(value), floor(value) + 1
