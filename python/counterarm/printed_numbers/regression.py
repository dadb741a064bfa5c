"""A printed regression coefficient against its standard error."""

from math import sqrt

from counterarm.printed_numbers.finding import (
    CANNOT_TELL,
    CONTRADICTION,
    Finding,
    Items,
    change,
    judged,
    one,
)


def standardised_beta(items: Items, options: dict[str, str]) -> Finding:
    """Check a coefficient as the standardised one of its only predictor.

    Then beta is the correlation, and its standard error sqrt((1 - beta^2) / (n - 2)).
    Role n: the pairs or subjects; twice as many, the members of the pairs, are let
    pass too. With the option `scale=unnamed` the paper does not say that it is
    standardised, nor that it is alone, so that a misfit is no contradiction.
    """
    beta, error, n = (one(items, role) for role in ("estimate", "se", "n"))
    if n.count < 3:
        return Finding(CANNOT_TELL, "", "too few subjects")
    sizes = (n.count, 2 * n.count)
    ends = sorted((abs(beta.low), abs(beta.high)))
    if ends[1] >= 1:
        return Finding(CANNOT_TELL, "", f"{beta.text} may be beyond 1")
    if beta.low < 0 < beta.high:
        ends[0] = 0.0
    ranges = [tuple(standard_error(end, size) for end in ends[::-1]) for size in sizes]
    expected = " or ".join(f"{standard_error(beta.number, m):.3f}" for m in sizes)
    stated = (
        f"a standardised coefficient of {beta.text} on one predictor has standard "
        f"error {expected} (n = {sizes[0]} or {sizes[1]}), printed {error.text}"
    )
    found = judged(
        any(low <= error.high and error.low <= high for low, high in ranges),
        expected,
        stated,
        (change(error, expected),),
    )
    if found.verdict == CONTRADICTION and options.get("scale") == "unnamed":
        return Finding(
            CANNOT_TELL,
            expected,
            f"{stated}; the paper does not say what was regressed on what: the "
            "coefficient is not standardised, or not alone",
        )
    return found


def standard_error(beta: float, n: int) -> float:
    """Return the standard error of a correlation as a regression coefficient."""
    return sqrt((1 - beta**2) / (n - 2))
