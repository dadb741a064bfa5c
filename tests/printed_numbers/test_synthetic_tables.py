"""Tables made of true numbers are never accused; a planted error is found."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from math import exp, log

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from papers import rows, rule
from scipy.stats import norm, ttest_ind

from counterarm.printed_numbers import run_checks

REPEATABLE = settings(derandomize=True, deadline=None, max_examples=60)
ROUNDINGS = st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN])


def rounded(value: float, decimals: int, rounding=ROUND_HALF_EVEN) -> str:
    return str(
        Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding)
    )


def share(count: int, total: int, decimals: int, rounding) -> str:
    """Round a percentage without going through binary fractions."""
    exact = Decimal(100 * count) / Decimal(total)
    return str(exact.quantize(Decimal(1).scaleb(-decimals), rounding))


def verdicts(numbers: pd.DataFrame, *rules: pd.DataFrame) -> list[str]:
    return [
        check.finding.verdict for check in run_checks(numbers, pd.concat(list(rules)))
    ]


SPLIT = [
    rule(
        "percent",
        ("count", "{g}", "{what}"),
        ("percent", "{g}", "{what} pct"),
        ("total", "{g}", "n"),
    ),
    rule("sum", ("whole", "{g}", "n"), ("part", "{g}", "yes"), ("part", "{g}", "no")),
    rule(
        "split",
        ("whole", "all", "{q}"),
        ("part", "a", "{q}"),
        ("part", "b", "{q}"),
    ),
    rule("percent_sum", ("part", "{g}", "yes pct"), ("part", "{g}", "no pct")),
    rule(
        "ratio",
        ("ratio", "{g}", "yes : no"),
        ("numerator", "{g}", "yes"),
        ("denominator", "{g}", "no"),
    ),
    rule(
        "ratio_split",
        ("whole", "all", "no"),
        *[
            (role, group, quantity)
            for group in ("a", "b")
            for role, quantity in (
                ("ratio", "yes : no"),
                ("numerator", "yes"),
                ("denominator", "no"),
            )
        ],
    ),
]
# {q} of the split takes counts only
SPLIT[2]["unit"] = "subjects"


def split_table(counts: dict, decimals: int, rounding) -> pd.DataFrame:
    """Print a table of two groups and of both together."""
    numbers = []
    for group, (yes, no) in counts.items():
        total = yes + no
        numbers += [
            (group, "n", f"{total}", "subjects"),
            (group, "yes", f"{yes}", "subjects"),
            (group, "no", f"{no}", "subjects"),
            (group, "yes pct", share(yes, total, decimals, rounding), "%"),
            (group, "no pct", share(no, total, decimals, rounding), "%"),
            (group, "yes : no", f"1: {share(yes, 100 * no, decimals, rounding)}", None),
        ]
    return rows(*numbers)


COUNT = st.integers(1, 300)


@REPEATABLE
@given(COUNT, COUNT, COUNT, COUNT, st.integers(0, 3), ROUNDINGS)
def test_a_table_of_true_counts_is_never_accused(a, b, c, d, decimals, rounding):
    counts = {"all": (a + c, b + d), "a": (a, b), "b": (c, d)}
    shown = verdicts(split_table(counts, decimals, rounding), *SPLIT)
    assert set(shown) == {"consistent"}


@REPEATABLE
@given(
    COUNT,
    COUNT,
    COUNT,
    COUNT,
    st.integers(0, 2),
    st.sampled_from(["yes", "no"]),
    st.integers(1, 5),
)
def test_a_changed_count_is_found(a, b, c, d, group, quantity, change):
    counts = {"all": (a + c, b + d), "a": (a, b), "b": (c, d)}
    table = split_table(counts, 1, ROUND_HALF_UP)
    place = (table["group"] == ["all", "a", "b"][group]) & (
        table["quantity"] == quantity
    )
    table.loc[place, "value"] = str(int(table.loc[place, "value"].item()) + change)
    found = [
        check
        for check in run_checks(table, pd.concat(SPLIT))
        if check.finding.verdict == "contradiction"
    ]
    assert {"sum", "split"} <= {check.kind for check in found}
    # The right value is among what would correct it.
    right = int(table.loc[place, "value"].item()) - change
    name = f"{['all', 'a', 'b'][group]}, {quantity}"
    (by_sum,) = (
        check
        for check in found
        if check.kind == "sum" and name in [n.name for n in check.items["part"]]
    )
    assert any(
        text.startswith(f"{name}: ") and text.endswith(f" to {right}")
        for text in by_sum.finding.corrections
    )


RATIO = [
    rule(
        "ratio_interval",
        ("estimate", "g", "HR"),
        ("low", "g", "HR CI low"),
        ("high", "g", "HR CI high"),
    ),
    rule(
        "p_of_ratio",
        ("estimate", "g", "HR"),
        ("low", "g", "HR CI low"),
        ("high", "g", "HR CI high"),
        ("p", "g", "p"),
    ),
    rule("risk_reduction", ("hazard_ratio", "g", "HR"), ("percent", "g", "less")),
]


def ratio_table(coef: float, se: float, decimals: int, p_decimals: int) -> pd.DataFrame:
    p = 2 * norm.sf(abs(coef) / se)
    printed = rounded(p, p_decimals)
    if float(printed) == 0:
        printed = f"<{10.0**-p_decimals:.{p_decimals}f}"
    return rows(
        ("g", "HR", rounded(exp(coef), decimals), None),
        ("g", "HR CI low", rounded(exp(coef - norm.ppf(0.975) * se), decimals), None),
        ("g", "HR CI high", rounded(exp(coef + norm.ppf(0.975) * se), decimals), None),
        ("g", "p", printed, None),
        ("g", "less", rounded(100 * (1 - exp(coef)), 0), "%"),
    )


@REPEATABLE
@given(st.floats(-2, 2), st.floats(0.02, 1), st.integers(1, 4), st.integers(2, 4))
def test_a_true_hazard_ratio_is_never_accused(coef, se, decimals, p_decimals):
    shown = verdicts(ratio_table(coef, se, decimals, p_decimals), *RATIO)
    assert "contradiction" not in shown


@REPEATABLE
@given(st.floats(-1.5, 1.5), st.floats(0.1, 0.4), st.sampled_from([0.5, 2.0]))
def test_limits_of_another_ratio_are_found(coef, se, factor):
    table = ratio_table(coef, se, 3, 4)
    place = table["quantity"] == "HR CI low"
    moved = float(table.loc[place, "value"].item()) * factor
    # One that passes the upper limit is out of order, and none is 0.
    assume(0.01 < moved < exp(coef + 1.9 * se))
    table.loc[place, "value"] = f"{moved:.3f}"
    assert verdicts(table, RATIO[0]) == ["contradiction"]


@REPEATABLE
@given(st.floats(0.3, 1.5), st.floats(0.1, 0.4))
def test_a_p_value_of_another_test_is_found(coef, se):
    table = ratio_table(coef, se, 4, 4)
    p = 2 * norm.sf(coef / se)
    table.loc[table["quantity"] == "p", "value"] = f"{p / 2 + 0.2:.4f}"
    assume(abs(p - (p / 2 + 0.2)) > 0.05)
    assert verdicts(table, RATIO[1]) == ["contradiction"]


T_TEST = rule(
    "t_test",
    ("p", "both", "p"),
    *[
        (role, group, role)
        for group in ("treated", "control")
        for role in ("mean", "sd", "n")
    ],
)


def t_table(first: np.ndarray, second: np.ndarray, p: float) -> pd.DataFrame:
    numbers = [("both", "p", f"{p:.3f}" if p >= 0.0005 else "<0.001", None)]
    for group, sample in (("treated", first), ("control", second)):
        numbers += [
            (group, "mean", rounded(float(sample.mean()), 1), None),
            (group, "sd", rounded(float(sample.std(ddof=1)), 1), None),
            (group, "n", f"{len(sample)}", None),
        ]
    return rows(*numbers)


@pytest.mark.parametrize("equal_variances", [True, False])
@REPEATABLE
@given(st.integers(0, 10**6), st.integers(3, 90), st.integers(3, 90), st.floats(-3, 3))
def test_true_means_are_never_accused(equal_variances, seed, n, m, shift):
    random = np.random.default_rng(seed)
    first, second = random.normal(50, 9, n), random.normal(50 + shift, 4, m)
    p = float(ttest_ind(first, second, equal_var=equal_variances).pvalue)
    assert verdicts(t_table(first, second, p), T_TEST) == ["consistent"]


@REPEATABLE
@given(st.integers(0, 10**6), st.floats(3, 9))
def test_means_that_differ_clearly_are_not_p_0_5(seed, shift):
    random = np.random.default_rng(seed)
    first, second = random.normal(50, 5, 80), random.normal(50 + shift, 5, 80)
    assume(ttest_ind(first, second).pvalue < 0.2)
    assert verdicts(t_table(first, second, 0.5), T_TEST) == ["contradiction"]


CURVE = rule("logistic_table", ("slope", "s", "slope"), ("point", "x {_x}", "p"))


def curve_table(intercept: float, slope: float, printed: str) -> pd.DataFrame:
    points = [
        (f"x {x:+d}", "p", rounded(100 / (1 + exp(-(intercept + slope * x))), 1), "%")
        for x in range(-15, 16)
    ]
    return rows(("s", "slope", printed, None), *points)


@REPEATABLE
@given(st.floats(-2, 2), st.floats(-0.6, 0.6), st.integers(1, 3))
def test_a_true_logistic_table_is_never_accused(intercept, slope, decimals):
    table = curve_table(intercept, slope, rounded(slope, decimals))
    assert verdicts(table, CURVE) == ["consistent"]


@REPEATABLE
@given(st.floats(-1, 1), st.floats(0.1, 0.5))
def test_a_slope_of_another_table_and_a_point_off_the_curve_are_found(a, slope):
    other = curve_table(a, slope, f"{slope + 0.05:.2f}")
    assert verdicts(other, CURVE) == ["contradiction"]
    broken = curve_table(a, slope, f"{slope:.2f}")
    middle = broken["group"] == "x +0"
    broken.loc[middle, "value"] = f"{100 / (1 + exp(-a)) + 3:.1f}"
    (check,) = run_checks(broken, CURVE)
    assert check.finding.verdict == "contradiction"
    assert "no logistic curve" in check.finding.explanation


def test_log_of_the_planted_ratio_is_what_the_limits_say():
    # exp(log 0.5 +- 1.96 x 0.25): the check by hand that the synthetic tables rest on.
    table = ratio_table(log(0.5), 0.25, 3, 4)
    assert table["value"].tolist() == ["0.500", "0.306", "0.816", "0.0056", "50"]
