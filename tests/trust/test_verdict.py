"""The verdict's rules, and what counts as an overturn."""

import math

import pytest

from counterarm.trust.verdict import (
    CANNOT_BE_JUDGED,
    HOLDS_1,
    Challenge,
    give_verdict,
    outcome_of_amounts,
    outcome_of_intervals,
    rank,
    rules_disagree,
    share_lost,
    valid_rule,
)


def test_five_invented_analyses_have_their_verdict_and_order(golden):
    cases = golden("verdict.json")["cases"]
    assert len(cases) == 5
    for case in cases:
        found = give_verdict(
            [Challenge(*row) for row in case["challenges"]],
            has_valid_rule=case["valid_rule"],
            converged=case["settled"],
        )
        assert found.verdict == case["verdict"], case["name"]
        assert [each.name for each in found.challenges] == case["order"]


def verdict(*challenges, **changes):
    arguments = {"has_valid_rule": True, "converged": True} | changes
    return give_verdict(challenges, **arguments)


OVERTURN = Challenge("follow-up", "overturns", 0.9)


def test_an_interval_as_recorded_that_holds_1_supports_nothing():
    found = verdict(recorded_interval_holds_1=True)
    assert (found.verdict, found.headline) == ("not supported", HOLDS_1)
    blind = verdict(recorded_interval_holds_1=True, has_valid_rule=False)
    assert blind.verdict == "cannot be judged"


def test_headline_names_what_overturns_or_the_reason():
    assert verdict(OVERTURN).headline == "not supported: follow-up"
    assert verdict(OVERTURN, has_valid_rule=False).headline == CANNOT_BE_JUDGED
    lost = verdict(OVERTURN, converged=False, not_converged_why="separation by sex")
    assert lost.headline == "cannot be judged: separation by sex"


@pytest.mark.parametrize("outcomes", [[], ["not assessed"], ["not assessed"] * 2])
def test_where_nothing_was_assessed_nothing_was_judged(outcomes):
    challenges = [Challenge(f"c{n}", each) for n, each in enumerate(outcomes)]
    found = give_verdict(challenges, has_valid_rule=True, converged=True)
    assert found.headline == "cannot be judged: nothing was assessed"


def test_an_unknown_loss_comes_after_the_known_ones():
    rows = [Challenge("a", "plausible"), Challenge("b", "plausible", 0.1)]
    assert [each.name for each in rank(rows)] == ["b", "a"]


def test_unknown_outcomes_and_doubled_challenges_are_refused():
    with pytest.raises(ValueError, match="outcome"):
        rank([Challenge("a", "likely")])
    with pytest.raises(ValueError, match="twice"):
        rank([OVERTURN, OVERTURN])


BELOW, HOLDS, ABOVE, NONE = (0.3, 0.9), (0.9, 1.2), (1.1, 2.0), (math.nan, math.nan)


@pytest.mark.parametrize(
    ("intervals", "wanted"),
    [
        ([BELOW, BELOW, NONE], False),
        ([BELOW, HOLDS], True),
        ([HOLDS, ABOVE], True),
        ([NONE], False),
    ],
)
def test_rules_disagree_if_their_intervals_lie_differently(intervals, wanted):
    assert rules_disagree(intervals) is wanted


@pytest.mark.parametrize(
    ("records", "ratio", "intervals", "wanted"),
    [
        (False, 1.0, [BELOW], False),
        (True, 1.0, [BELOW, HOLDS], True),
        (True, 2.1, [BELOW, HOLDS], False),
        (True, 2.0, [BELOW, HOLDS], True),
        (True, 0.49, [BELOW, HOLDS], False),
        (True, 0.49, [BELOW, BELOW], True),
        (True, math.nan, [BELOW, HOLDS], False),
    ],
)
def test_a_rule_is_valid_where_deaths_are_recorded(records, ratio, intervals, wanted):
    assert valid_rule(records, ratio, intervals) is wanted


@pytest.mark.parametrize(
    ("intervals", "wanted"),
    [
        ([BELOW, HOLDS], "overturns"),
        ([(0.5, 1.0)], "overturns"),
        ([BELOW, NONE], "not seen"),
        ([NONE], "not assessed"),
        ([], "not assessed"),
    ],
)
def test_an_interval_that_holds_1_overturns(intervals, wanted):
    assert outcome_of_intervals(intervals) == wanted


@pytest.mark.parametrize(
    ("needed", "seen", "wanted"),
    [
        (1.2, 1.2, "plausible"),
        (1.3, 1.2, "not seen"),
        (math.nan, 1.2, "not assessed"),
        (1.2, math.nan, "not assessed"),
    ],
)
def test_a_bias_is_plausible_if_as_much_was_seen(needed, seen, wanted):
    assert outcome_of_amounts(needed, seen) == wanted


def test_share_lost_is_measured_on_the_log_scale():
    assert share_lost(-0.9, -0.3) == pytest.approx(2 / 3)
    assert share_lost(-0.9, -1.2) == 0
    assert share_lost(-0.9, 0.1) > 1
    assert math.isnan(share_lost(0.0, 0.1))


def test_an_interval_that_is_upside_down_is_refused():
    with pytest.raises(ValueError, match="interval"):
        rules_disagree([(1.2, 0.9)])
