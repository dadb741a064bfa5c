"""Reading printed numbers, and the values that print so."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterarm.printed_numbers.printed import (
    half_even,
    half_up,
    overlap,
    parse_printed,
    prints_as,
    truncated,
)

REPEATABLE = settings(derandomize=True, deadline=None)


@pytest.mark.parametrize(
    ("text", "value", "decimals", "bound"),
    [
        ("54", 54, 0, None),
        ("0.30", 0.3, 2, None),
        ("-0.1", -0.1, 1, None),
        ("\u22121.4", -1.4, 1, None),
        ("2,912", 2912, 0, None),
        ("1,204.5", 1204.5, 1, None),
        ("17.12%", 17.12, 2, None),
        ("1: 1.6", 1.6, 1, None),
        ("1:5", 5, 0, None),
        ("<0.001", 0.001, 3, "below"),
        ("< 0.05", 0.05, 2, "below"),
        (">0.99", 0.99, 2, "above"),
        ("1.000", 1, 3, None),
    ],
)
def test_a_printed_number_is_read(text, value, decimals, bound):
    printed = parse_printed(text)
    assert (printed.number, printed.decimals, printed.bound) == (value, decimals, bound)
    assert printed.reason is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not reached", "not reached"),
        ("95: 62", "two counts"),
        ("N.A.", "not a number"),
        ("12,34", "not a number"),
        ("", "not a number"),
    ],
)
def test_print_without_a_single_number_has_a_reason(text, reason):
    printed = parse_printed(text)
    assert printed.value is None
    assert reason in printed.reason
    with pytest.raises(ValueError, match="no single number"):
        _ = printed.number


def test_a_bound_may_stand_in_the_words():
    assert parse_printed("0.05", "ratio p below").bound == "below"
    assert parse_printed("35", "age below median").bound is None


def test_ties_round_up_and_to_even_and_cut():
    tie = Fraction(1875, 100)
    assert half_up(tie, 1) == Fraction("18.8")
    assert half_even(Fraction(1825, 100), 1) == Fraction("18.2")
    assert half_up(Fraction(1825, 100), 1) == Fraction("18.3")
    assert truncated(tie, 1) == Fraction("18.7")
    assert half_up(-tie, 1) == Fraction("-18.8")


@REPEATABLE
@given(st.integers(-(10**6), 10**6), st.integers(1, 9999), st.integers(0, 4))
def test_every_value_lies_where_its_print_says(numerator, denominator, decimals):
    value = Fraction(numerator, denominator)
    for rounded in (half_up(value, decimals), half_even(value, decimals)):
        printed = parse_printed(f"{float(rounded):.{decimals}f}")
        assert prints_as(value, printed)
        assert overlap(float(value), float(value), printed)
