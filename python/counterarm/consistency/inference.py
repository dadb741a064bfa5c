"""Confidence intervals and p values against the estimates they belong to.

Every printed number stands for the interval of values that print so; a p value is a
contradiction only if no choice within these intervals gives it.
"""

from math import inf, log, sqrt

from scipy.stats import norm, t

from counterarm.consistency.finding import (
    CANNOT_TELL,
    CONSISTENT,
    CONTRADICTION,
    Finding,
    Items,
    change,
    judged,
    one,
)
from counterarm.consistency.printed import Printed, overlap, shown

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
        one(items, "p"),
        f"z of {estimate.text} with limits {low.text} and {high.text}",
    )


def p_of_standard_error(items: Items, options: dict[str, str]) -> Finding:
    """Check the p value of an estimate with its standard error.

    The degrees of freedom of a t test are not printed, so any number from 10 on is let
    pass, the normal included.
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

    The denominator is the root of the mean of the two variances; that of the treated
    alone is let pass too.
    """
    bound = one(items, "bound")
    if "mean" in items:
        gap = abs(items["mean"][0].number - items["mean"][1].number)
        off = items["mean"][0].half + items["mean"][1].half
        sds = [sd.number for sd in items["sd"]]
    else:
        shares = [
            count.count / total.count
            for count, total in zip(items["count"], items["total"], strict=True)
        ]
        gap, off = abs(shares[0] - shares[1]), 0.0
        sds = [sqrt(share * (1 - share)) for share in shares]
    spread = max(sqrt((sds[0] ** 2 + sds[1] ** 2) / 2), sds[0])
    if spread == 0:
        return Finding(CANNOT_TELL, "", "no spread")
    return judged(
        max(gap - off, 0) / spread < bound.number,
        f"{max(gap - off, 0) / spread:.3f} or more",
        f"the standardized difference is {gap / spread:.3f}, printed below "
        f"{bound.text}",
    )


def standard_error(low: Interval, high: Interval) -> Interval:
    """Return the range of a standard error from those of the two 95% limits."""
    width = 2 * NORMAL_975
    return (high[0] - low[1]) / width, (high[1] - low[0]) / width


def ratio_range(gap: Interval, error: Interval) -> Interval:
    """Return the least and greatest |gap| / error."""
    least = 0.0 if gap[0] <= 0 <= gap[1] else min(abs(gap[0]), abs(gap[1]))
    most = max(abs(gap[0]), abs(gap[1]))
    return (
        least / error[1] if error[1] > 0 else 0.0,
        most / error[0] if error[0] > 0 else inf,
    )


def p_of_wald(gap: Interval, error: Interval, p: Printed, what: str) -> Finding:
    """Check a printed p value against the normal distribution of an estimate."""
    z_least, z_most = ratio_range(gap, error)
    return p_between(2 * norm.sf(z_most), 2 * norm.sf(z_least), p, what)


def p_between(low: float, high: float, p: Printed, what: str) -> Finding:
    """Check a printed p value against the range that the other numbers allow."""
    expected = f"{low:.2g} to {high:.2g}"
    sign = {"below": "below ", "above": "above "}.get(p.bound or "", "")
    said = f"{what}: p {expected}, printed {sign}{p.text.lstrip('<>')}"
    if overlap(low, high, p):
        return Finding(CONSISTENT, expected, said)
    return Finding(CONTRADICTION, expected, said, (change(p, expected),))
