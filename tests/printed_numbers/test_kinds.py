"""Each kind of check on print that agrees and print that does not."""

from dataclasses import replace

import pytest
import test_synthetic_tables
import test_whole_numbers

from counterarm.printed_numbers.kinds import KINDS
from counterarm.printed_numbers.printed import parse_printed


def judge(kind: str, options: dict | None = None, **roles: str) -> tuple[str, str]:
    """Do a check on numbers by role; several of a role are parted by spaces."""
    items = {
        role: [parse_printed(text) for text in texts.split()]
        for role, texts in roles.items()
    }
    finding = KINDS[kind].check(items, options or {})
    return finding.verdict, finding.explanation


GOOD_AND_BAD = [
    (
        "percent",
        dict(count="51", total="67", percent="76.1"),
        dict(count="51", total="67", percent="67.1"),
    ),
    ("sum", dict(whole="157", part="134 21 2"), dict(whole="155", part="134 21 2")),
    ("split", dict(whole="55", part="27 28"), dict(whole="54", part="27 28")),
    ("percent_sum", dict(part="33.3 66.6"), dict(part="67.1 23.9")),
    (
        "ratio",
        dict(ratio="1.5", numerator="17", denominator="11"),
        dict(ratio="1.7", numerator="17", denominator="11"),
    ),
    ("same", dict(first="46", second="46"), dict(first="46", second="21")),
    ("matched", dict(first="37", second="37"), dict(first="37", second="36")),
    ("at_most", dict(whole="44", part="19 12"), dict(whole="18", part="19 12")),
    ("union", dict(whole="44", part="19 12 19"), dict(whole="51", part="19 12 19")),
    (
        "median_split",
        dict(below="33", above="34", total="67"),
        dict(below="35", above="32", total="67"),
    ),
    # with ties few may lie below
    (
        "median_split",
        dict(below="1", above="66", total="67"),
        dict(below="34", above="33", total="67"),
    ),
    ("in_order", dict(value="36 53 57 63 78"), dict(value="36 53 57 80 78")),
    (
        "median_events",
        dict(median="NR", events="40", n="157"),
        dict(median="NR", events="79", n="157"),
    ),
    (
        "median_events",
        dict(median="730", events="56", n="157"),
        dict(median="730", events="0", n="157"),
    ),
    ("months", dict(days="629", months="20.68"), dict(days="629", months="20.98")),
    (
        "risk_reduction",
        dict(hazard_ratio="0.30", percent="70"),
        dict(hazard_ratio="0.30", percent="30"),
    ),
    (
        "difference",
        dict(first="0.78", second="0.64", difference="0.14"),
        dict(first="0.78", second="0.64", difference="0.16"),
    ),
    (
        "number_interval",
        dict(estimate="-0.33", low="-0.58", high="-0.1"),
        dict(estimate="-0.33", low="-0.58", high="-0.2"),
    ),
    (
        "p_of_number",
        dict(estimate="1.00", low="0.02", high="1.98", p="0.045"),
        dict(estimate="1.00", low="0.02", high="1.98", p="0.45"),
    ),
    # 3.6 is p = 0.0003 by the normal
    (
        "p_of_se",
        dict(estimate="-0.54", se="0.15", p="0.0003"),
        dict(estimate="-0.54", se="0.15", p="0.03"),
    ),
    # a correlation of -0.54 of 67 subjects has standard error
    # sqrt((1 - 0.54^2) / 65) = 0.1044; of 134 sqrt(0.7084 / 132) = 0.0733
    (
        "standardised_beta",
        dict(estimate="-0.54", se="0.10", n="67"),
        dict(estimate="-0.54", se="0.15", n="67"),
    ),
    (
        "standardised_beta",
        dict(estimate="-0.54", se="0.07", n="67"),
        dict(estimate="-0.54", se="0.12", n="67"),
    ),
    # Freedman 1982: 40% and 20% surviving, theta = log .4 / log .2 = 0.5693, of 100
    # each 140 deaths: z = 0.4307/1.5693 x 11.832 = 3.247, power of z - 1.96 = 0.901
    (
        "log_rank_power",
        dict(power="90", surviving="40 20", n="100"),
        dict(power="80", surviving="40 20", n="100"),
    ),
    # 7 / sqrt(52) = 0.97
    (
        "p_of_two_estimates",
        dict(estimate="48 55", se="6 4", p="0.33"),
        dict(estimate="48 55", se="6 4", p="0.487"),
    ),
    (
        "smd_below",
        dict(mean="35.5 35.7", sd="5.90 5.75", bound="0.1"),
        dict(mean="35.5 37.7", sd="5.90 5.75", bound="0.1"),
    ),
    (
        "smd_below",
        dict(count="34 31", total="157 157", bound="0.1"),
        dict(count="34 51", total="157 157", bound="0.1"),
    ),
    (
        "count_test",
        dict(yes="34 31", no="123 126", p="0.781"),
        dict(yes="34 31", no="123 126", p="0.5"),
    ),
]


@pytest.mark.parametrize(("kind", "good", "bad"), GOOD_AND_BAD)
def test_print_that_agrees_is_told_from_print_that_does_not(kind, good, bad):
    assert judge(kind, **good)[0] == "consistent"
    assert judge(kind, **bad)[0] == "contradiction"


def test_paired_groups_must_not_lie_further_apart_than_their_pairs():
    pairs = dict(first="-4.2", second="-2.2", over="0")
    assert judge("pairs_within", {"caliper": "0.5"}, **pairs)[0] == "contradiction"
    assert judge("pairs_within", {"caliper": "1.9"}, **pairs)[0] == "consistent"
    one_over = pairs | {"over": "1"}
    assert judge("pairs_within", {"caliper": "0.5"}, **one_over)[0] == "cannot tell"


def test_a_restricted_mean_up_to_the_median_is_at_least_half_of_it():
    assert judge("rmst_median", median="730", rmst="629")[0] == "consistent"
    # taken up to an earlier day, so no contradiction
    assert judge("rmst_median", median="730", rmst="300")[0] == "cannot tell"
    assert judge("rmst_median", median="NR", rmst="300")[0] == "cannot tell"


def test_a_listed_percentage_must_pass_the_threshold_of_its_table():
    five = {"threshold": "5"}
    assert judge("listed_above", five, count="13", total="257")[0] == "consistent"
    assert judge("listed_above", five, count="12", total="257")[0] == "contradiction"


def test_an_unnamed_test_is_no_contradiction():
    unnamed = {"test": "unnamed"}
    women = dict(yes="10 11", no="3 10", p="<0.05")
    assert judge("count_test", unnamed, **women)[0] == "cannot tell"
    assert judge("count_test", **women)[0] == "contradiction"


def test_a_coefficient_of_no_named_scale_is_no_contradiction():
    beta = dict(estimate="-0.54", se="0.15", n="67")
    verdict, shown = judge("standardised_beta", {"scale": "unnamed"}, **beta)
    assert verdict == "cannot tell"
    assert "0.104 or 0.073" in shown
    # points, not deviations
    assert judge("standardised_beta", estimate="-1.54", se="0.15", n="67")[0] == (
        "cannot tell"
    )


def test_a_power_with_nobody_surviving_rests_on_the_rounding_of_0():
    # theta = 0 at exactly 0%: z = sqrt(17.6) = 4.195, power 98.7%; with 0.1% surviving
    # theta = log .4 / log .001 = 0.1326, z = 0.8674/1.1326 x 4.194 = 3.212, 89.5%.
    nobody = dict(surviving="40 0", n="11")
    assert judge("log_rank_power", power="99", **nobody)[0] == "consistent"
    verdict, shown = judge("log_rank_power", power="90", **nobody)
    assert verdict == "consistent"
    assert shown.startswith("98.7% with 40% and 0% surviving of 11 each")
    # at 0.078% theta = 0.9163/7.156 = 0.128, z = 0.773 x 4.194 = 3.242, power 90.0%
    assert shown.endswith("0.078% surviving instead of 0% has it")
    assert judge("log_rank_power", power="70", **nobody)[0] == "contradiction"
    same = dict(power="5", surviving="40 40", n="11")
    assert judge("log_rank_power", **same)[0] == "cannot tell"


def test_counts_without_an_event_are_no_reason_to_fail():
    assert judge("count_test", yes="0 0", no="5 7", p="1.000")[0] == "consistent"
    assert judge("percent", count="0", total="0", percent="0")[0] == "cannot tell"
    nobody = dict(ratio="2", numerator="4", denominator="0")
    assert judge("ratio", **nobody)[0] == "cannot tell"


def test_sum_that_is_part_of_a_whole_may_be_asked_for():
    assert (
        judge("at_most", {"of": "sum"}, whole="30", part="19 12")[0] == "contradiction"
    )
    assert judge("at_most", {"of": "sum"}, whole="31", part="19 12")[0] == "consistent"


def test_days_among_months_are_put_in_order():
    days, low, high = (parse_printed(text) for text in ("730", "17.95", "30.97"))
    items = {
        "value": [
            replace(low, unit="months"),
            replace(days, unit="days"),
            replace(high, unit="months"),
        ]
    }
    assert KINDS["in_order"].check(items, {}).verdict == "consistent"


def test_ratios_of_a_split_that_fit_no_whole_number_are_named():
    verdict, shown = judge(
        "ratio_split", whole="3", ratio="1.9 2", numerator="2 2", denominator="1 2"
    )
    assert verdict == "contradiction"
    assert "no whole number" in shown


# Kinds whose checks need options, or more than one number of print for each verdict:
# the test that tries them.
BY_THEMSELVES = {
    "grim": test_whole_numbers.test_grim_judges_as_the_literature,
    "grimmer": test_whole_numbers.test_grimmer_judges_as_scrutiny,
    "listed_above": test_a_listed_percentage_must_pass_the_threshold_of_its_table,
    "logistic_table": (
        test_synthetic_tables.test_a_slope_of_another_table_and_a_point_off_the_curve_are_found
    ),
    "p_of_ratio": test_synthetic_tables.test_a_p_value_of_another_test_is_found,
    "pairs_within": test_paired_groups_must_not_lie_further_apart_than_their_pairs,
    "ratio_interval": test_synthetic_tables.test_limits_of_another_ratio_are_found,
    "ratio_split": test_ratios_of_a_split_that_fit_no_whole_number_are_named,
    "rmst_median": test_a_restricted_mean_up_to_the_median_is_at_least_half_of_it,
    "t_test": test_synthetic_tables.test_means_that_differ_clearly_are_not_p_0_5,
}


def test_every_kind_is_tried():
    # a kind without a row of print that agrees and one that does not, or a test
    assert {kind for kind, _, _ in GOOD_AND_BAD} | set(BY_THEMSELVES) == set(KINDS)
    assert {kind for kind, _, _ in GOOD_AND_BAD} & set(BY_THEMSELVES) == set()
