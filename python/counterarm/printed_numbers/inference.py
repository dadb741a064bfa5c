"""Confidence intervals and p values against the estimates they belong to.

Every printed number stands for the interval of values that print so; a p value is a
contradiction only if no choice within these intervals gives it.
"""

from collections.abc import Sequence
from math import inf, log, sqrt

from scipy.stats import norm, t

from counterarm.printed_numbers.finding import (
    CANNOT_TELL,
    CONSISTENT,
    CONTRADICTION,
    Finding,
    Items,
    change,
    judged,
    one,
)
from counterarm.printed_numbers.printed import Printed, overlap, shown

NORMAL_975 = norm.ppf(0.975)
Interval = tuple[float, float]


def ratio_in_interval(items: Items, options: dict[str, str]) -> Finding:
    """Check that a ratio is the geometric mean of its 95% limits (Wald, log scale)."""
    estimate, low, high = (one(items, role) for role in ("estimate", "low", "high"))
    if low.low <= 0:
        return Finding(CANNOT_TELL, "", "the lower limit may be 0 before rounding")
    least, most = sqrt(low.low * high.low), sqrt(low.high * high.high)
    middle = sqrt(low.number * high.number)
    return judged(
        overlap(least, most, estimate),
        f"{least:.4g} to {most:.4g}",
        f"the limits {low.text} and {high.text} lie symmetrically about {middle:.3g} "
        f"on the log scale, printed {estimate.text}",
        (
            change(estimate, shown(middle, estimate.decimals)),
            change(low, shown(estimate.number**2 / high.number, low.decimals)),
            change(high, shown(estimate.number**2 / low.number, high.decimals)),
        ),
        is_exact=overlap(middle, middle, estimate),
    )


def number_in_interval(items: Items, options: dict[str, str]) -> Finding:
    """Check that an estimate lies in the middle of its 95% limits (Wald)."""
    estimate, low, high = (one(items, role) for role in ("estimate", "low", "high"))
    least, most = (low.low + high.low) / 2, (low.high + high.high) / 2
    middle = (low.number + high.number) / 2
    return judged(
        overlap(least, most, estimate),
        f"{least:.4g} to {most:.4g}",
        f"the middle of {low.text} and {high.text} is {middle:.3g}, printed "
        f"{estimate.text}",
        (change(estimate, shown(middle, estimate.decimals)),),
        is_exact=overlap(middle, middle, estimate),
    )


def p_of_ratio(items: Items, options: dict[str, str]) -> Finding:
    """Check the p value of a ratio: Wald z from its log and the 95% limits."""
    low, high = one(items, "low"), one(items, "high")
    estimate = one(items, "estimate")
    if min(low.low, estimate.low) <= 0 or low.high >= high.low:
        return Finding(CANNOT_TELL, "", "the limits may meet, or be 0, before rounding")
    return p_of_wald(
        (log(estimate.low), log(estimate.high)),
        standard_error((log(low.low), log(low.high)), (log(high.low), log(high.high))),
        log(estimate.number) / wald_error(log(low.number), log(high.number)),
        one(items, "p"),
        f"z of log {estimate.text} with limits {low.text} and {high.text}",
    )


def p_of_number(items: Items, options: dict[str, str]) -> Finding:
    """Check the p value of an estimate: Wald z from it and its 95% limits."""
    low, high = one(items, "low"), one(items, "high")
    estimate = one(items, "estimate")
    if low.high >= high.low:
        return Finding(CANNOT_TELL, "", "the limits may meet before rounding")
    return p_of_wald(
        (estimate.low, estimate.high),
        standard_error((low.low, low.high), (high.low, high.high)),
        estimate.number / wald_error(low.number, high.number),
        one(items, "p"),
        f"z of {estimate.text} with limits {low.text} and {high.text}",
    )


def p_of_standard_error(items: Items, options: dict[str, str]) -> Finding:
    """Check the p value of an estimate with its standard error.

    The degrees of freedom of a t test are not printed, so any number from 10 on is let
    pass, the normal included; the p value follows only where they do not matter.
    """
    estimate, error = one(items, "estimate"), one(items, "se")
    if error.low <= 0:
        return Finding(CANNOT_TELL, "", "the standard error may be 0 before rounding")
    z_least, z_most = ratio_range(
        (estimate.low, estimate.high), (error.low, error.high)
    )
    return p_between(
        2 * norm.sf(z_most),
        2 * t.sf(z_least, 10),
        one(items, "p"),
        f"{estimate.text} is {abs(estimate.number / error.number):.2f} times its "
        f"standard error {error.text}",
        all_of=[
            2 * norm.sf(abs(estimate.number / error.number)),
            2 * t.sf(abs(estimate.number / error.number), 10),
        ],
    )


def p_of_two_estimates(items: Items, options: dict[str, str]) -> Finding:
    """Check a p value against two independent estimates and their standard errors.

    The option `test=unnamed` says that the paper names no test; then a p value that
    does not follow is no contradiction.
    """
    first, second = items["estimate"]
    gap = (
        first.low - second.high,
        first.high - second.low,
    )
    errors = items["se"]
    if min(error.low for error in errors) <= 0:
        return Finding(CANNOT_TELL, "", "a standard error may be 0 before rounding")
    spread = (
        sqrt(sum(error.low**2 for error in errors)),
        sqrt(sum(error.high**2 for error in errors)),
    )
    z_least, z_most = ratio_range(gap, spread)
    found = p_between(
        2 * norm.sf(z_most),
        2 * norm.sf(z_least),
        one(items, "p"),
        f"z of the difference of {first.text} and {second.text}",
        all_of=[
            2
            * norm.sf(
                abs(first.number - second.number)
                / sqrt(sum(error.number**2 for error in errors))
            )
        ],
    )
    if found.verdict == CONTRADICTION and options.get("test") == "unnamed":
        return Finding(
            CANNOT_TELL,
            found.expected,
            f"{found.explanation}; the paper names no test, and may have used another",
        )
    return found


def t_test(items: Items, options: dict[str, str]) -> Finding:
    """Check the p value of two means with standard deviations and sizes.

    Student's test with pooled variance and Welch's are both let pass.
    """
    (m1, m2), (s1, s2), (n1, n2) = items["mean"], items["sd"], items["n"]
    sizes = (n1.count, n2.count)
    if min(sizes) < 2 or s1.high + s2.high <= 0:
        return Finding(CANNOT_TELL, "", "too few subjects, or no spread")
    gap = (m1.low - m2.high, m1.high - m2.low)
    ranges = [
        p_range(gap, [(max(s.low, 0.0), s.high) for s in (s1, s2)], sizes, form)
        for form in (student_error, welch_error)
    ]
    return p_between(
        min(low for low, _ in ranges),
        max(high for _, high in ranges),
        one(items, "p"),
        f"t test of {m1.text} +- {s1.text} and {m2.text} +- {s2.text}, "
        f"n = {n1.text} and {n2.text}",
        any_of=[
            2 * t.sf(abs(m1.number - m2.number) / error, df)
            for error, df in (
                form(s1.number, s2.number, *sizes)
                for form in (student_error, welch_error)
            )
            if error > 0
        ],
    )


def p_range(gap: Interval, sds: list[Interval], sizes: tuple, error) -> Interval:
    """Return the least and greatest p of a t test over the printed intervals."""
    least_error, _ = error(sds[0][0], sds[1][0], *sizes)
    most_error, _ = error(sds[0][1], sds[1][1], *sizes)
    z_least, z_most = ratio_range(gap, (least_error, most_error))
    # Welch's degrees of freedom lie between the smaller group's and the pooled ones.
    few, many = min(sizes) - 1, sum(sizes) - 2
    if error is student_error:
        few = many
    return 2 * t.sf(z_most, many), 2 * t.sf(z_least, few)


def student_error(s1: float, s2: float, n1: int, n2: int) -> tuple[float, float]:
    """Return the standard error of a difference with pooled variance, and its df."""
    df = n1 + n2 - 2
    pooled = ((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / df
    return sqrt(pooled * (1 / n1 + 1 / n2)), df


def welch_error(s1: float, s2: float, n1: int, n2: int) -> tuple[float, float]:
    """Return the standard error of a difference with separate variances, and its df."""
    v1, v2 = s1**2 / n1, s2**2 / n2
    if v1 + v2 == 0:
        return 0.0, n1 + n2 - 2
    return sqrt(v1 + v2), (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))


def smd_below(items: Items, options: dict[str, str]) -> Finding:
    """Check that the standardized difference of two means or shares is below a bound.

    The denominator is the SD of the treated, the first of each two numbers, as in
    `matching.balance`; the root of the mean of the two variances is let pass too.
    """
    bound = one(items, "bound")
    gap, off, sds = difference_of(items)
    if sds[0] == 0:
        return Finding(CANNOT_TELL, "", "no spread")
    widest = max(sqrt((sds[0] ** 2 + sds[1] ** 2) / 2), sds[0])
    return judged(
        max(gap - off, 0) / widest < bound.number,
        f"{max(gap - off, 0) / sds[0]:.3f} or more",
        f"the standardized difference is {gap / sds[0]:.3f} (SD of the treated), "
        f"printed below {bound.text}",
    )


def standardized_difference(items: Items) -> float:
    """Return the absolute difference of two means or shares over the first's SD."""
    gap, _, sds = difference_of(items)
    return gap / sds[0]


def difference_of(items: Items) -> tuple[float, float, list[float]]:
    """Return a difference, what rounding may take from it, and the two SDs."""
    if "mean" in items:
        gap = abs(items["mean"][0].number - items["mean"][1].number)
        off = items["mean"][0].half + items["mean"][1].half
        return gap, off, [sd.number for sd in items["sd"]]
    shares = [
        count.count / total.count
        for count, total in zip(items["count"], items["total"], strict=True)
    ]
    sds = [sqrt(share * (1 - share)) for share in shares]
    return abs(shares[0] - shares[1]), 0.0, sds


def standard_error(low: Interval, high: Interval) -> Interval:
    """Return the range of a standard error from those of the two 95% limits."""
    width = 2 * NORMAL_975
    return (high[0] - low[1]) / width, (high[1] - low[0]) / width


def wald_error(low: float, high: float) -> float:
    """Return the standard error from two 95% limits as printed."""
    return (high - low) / (2 * NORMAL_975)


def ratio_range(gap: Interval, error: Interval) -> Interval:
    """Return the least and greatest |gap| / error."""
    least = 0.0 if gap[0] <= 0 <= gap[1] else min(abs(gap[0]), abs(gap[1]))
    most = max(abs(gap[0]), abs(gap[1]))
    return (
        least / error[1] if error[1] > 0 else 0.0,
        most / error[0] if error[0] > 0 else inf,
    )


def p_of_wald(
    gap: Interval, error: Interval, z: float, p: Printed, what: str
) -> Finding:
    """Check a printed p value against the normal distribution of an estimate.

    `z` is the estimate over its standard error, both as printed.
    """
    z_least, z_most = ratio_range(gap, error)
    return p_between(
        2 * norm.sf(z_most),
        2 * norm.sf(z_least),
        p,
        what,
        all_of=[2 * norm.sf(abs(z))],
    )


def p_between(
    low: float,
    high: float,
    p: Printed,
    what: str,
    *,
    all_of: Sequence[float] = (),
    any_of: Sequence[float] = (),
) -> Finding:
    """Check a printed p value against the range that the other numbers allow.

    It follows from them where all of the p values `all_of`, or one of `any_of`, which
    the numbers have as printed, print so.
    """
    expected = f"{low:.2g} to {high:.2g}"
    sign = {"below": "below ", "above": "above "}.get(p.bound or "", "")
    stated = f"{what}: p {expected}, printed {sign}{p.text.lstrip('<>')}"
    if overlap(low, high, p):
        is_exact = bool(all_of) and all(overlap(value, value, p) for value in all_of)
        is_exact |= any(overlap(value, value, p) for value in any_of)
        return Finding(CONSISTENT, expected, stated, is_exact=is_exact)
    return Finding(CONTRADICTION, expected, stated, (change(p, expected),))
