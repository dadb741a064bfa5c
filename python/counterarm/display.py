"""Results as text, with the digits that R prints.

Source: R `format`, `format.pval` and `printCoefmat`.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

# below it R prints "<2e-16"
_LEAST_P = float(np.finfo(float).eps)
# p values from here on are written without an exponent
_FIXED_FROM = 1e-4


def significant(values: ArrayLike, digits: int, *, missing: str = "NA") -> list[str]:
    """Write numbers in one format, as R's `format(digits = )`.

    They get the least number of decimals that shows `digits` significant digits of
    each, trailing zeros left out; an exponent, if that is shorter. NaN is written as
    `missing`, infinity as Inf.
    """
    numbers = np.asarray(values, dtype=float)
    finite = [float(value) for value in numbers if math.isfinite(value)]
    parts = [_mantissa(value, digits) for value in finite if value != 0]
    shown = max((len(mantissa) for mantissa, _ in parts), default=1)
    places = max((max(0, len(m) - 1 - exponent) for m, exponent in parts), default=0)
    left = max((max(0, exponent) for _, exponent in parts), default=0) + 1
    with_point = left + (places + 1 if places else 0)
    largest = max((abs(exponent) for _, exponent in parts), default=0)
    with_exponent = shown + (shown > 1) + (4 if largest < 100 else 5)
    template = f".{places}f" if with_point <= with_exponent else f".{shown - 1}e"
    return [_written(float(value), template, missing) for value in numbers]


def _mantissa(value: float, digits: int) -> tuple[str, int]:
    """Return the significant digits without trailing zeros, and the exponent."""
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    return mantissa.replace(".", "").rstrip("0"), int(exponent)


def _written(value: float, template: str, missing: str) -> str:
    if math.isnan(value):
        return missing
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return format(value, template)


def p_values(values: ArrayLike, digits: int) -> list[str]:
    """Write p values as R's `format.pval`: very small ones apart, with an exponent."""
    numbers = np.asarray(values, dtype=float)
    is_small = (numbers < _FIXED_FROM) & (numbers >= _LEAST_P)
    result = np.full(len(numbers), "<2e-16", dtype=object)
    for own in (is_small, ~is_small & ~(numbers < _LEAST_P)):
        result[own] = significant(numbers[own], digits)
    return result.tolist()


def table(labels: Sequence[object], columns: Mapping[str, Sequence[object]]) -> str:
    """Set texts in columns, headings above and labels of the rows before them."""
    names = [str(label) for label in labels]
    first = max((len(name) for name in names), default=0)
    widths = {
        heading: max(len(heading), *(len(str(text)) for text in texts))
        if texts
        else len(heading)
        for heading, texts in columns.items()
    }
    head = " ".join(heading.rjust(widths[heading]) for heading in columns)
    lines = [f"{'':{first}} {head}".rstrip()]
    for i, name in enumerate(names):
        row = " ".join(
            str(texts[i]).rjust(widths[heading]) for heading, texts in columns.items()
        )
        lines.append(f"{name:{first}} {row}".rstrip())
    return "\n".join(lines)


class Printed:
    """Something whose `repr` is its `str`: what is shown where it is evaluated."""

    def __repr__(self) -> str:
        return str(self)
