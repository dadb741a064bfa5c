"""The protocol as delivered passes; analyses and rows that are valid, and are not."""

import pandas as pd
import pytest
from changed_protocol import append, change, check, delivered, problems

from counterarm.protocol.choices import FOLLOW_UP_RULES
from counterarm.trust import RULES


@pytest.fixture
def protocol() -> dict[str, pd.DataFrame]:
    return delivered()


def test_the_protocol_as_delivered_is_valid(protocol):
    checked = check(protocol)
    assert checked["seed"].tolist() == sorted(set(protocol) - {"variables"})
    counts = dict(zip(checked["seed"], checked["n_rows"], strict=True))
    assert counts == {
        name: len(rows) for name, rows in protocol.items() if name != "variables"
    }


def test_the_rules_of_follow_up_are_those_that_have_a_formula():
    assert set(RULES) == FOLLOW_UP_RULES


@pytest.mark.parametrize(
    ("seed", "values"), [("follow_up", {"why": "x"}), ("scopes", {"scope": "full"})]
)
def test_an_analysis_has_one_follow_up_rule_and_one_scope(protocol, seed, values):
    line = append(protocol, seed, **values)
    (problem,) = problems(protocol)
    assert problem.startswith(f"{seed}.csv line {line}: ")


def test_the_digest_tells_two_protocols_apart_and_two_runs_not(protocol):
    first, again = check(protocol), check(protocol)
    change(protocol, "windows", to_day=31)
    other = check(protocol)
    pd.testing.assert_frame_equal(first, again)
    differs = first["sha256"] != other["sha256"]
    assert first.loc[differs, "seed"].tolist() == ["windows"]


def test_the_score_may_have_a_caliper_but_be_no_condition(protocol):
    append(
        protocol,
        "matching_terms",
        variable="score",
        role="caliper",
        caliper=0.2,
        caliper_unit="sd",
    )
    check(protocol)
    line = append(
        protocol, "eligibility", variable="score", operator="known", value=None
    )
    assert problems(protocol) == [
        f"eligibility.csv line {line}: variable 'score' is not a variable "
        "in variables.csv"
    ]


def test_a_text_may_be_compared_as_text(protocol):
    append(protocol, "eligibility", variable="sex", operator="=", value="F")
    append(protocol, "eligibility", variable="sex", operator="in", value="F|M")
    check(protocol)


def test_a_number_may_be_compared_with_an_order_statistic(protocol):
    for value in ("q1", "median", "q3"):
        append(protocol, "eligibility", variable="age", operator=">=", value=value)
        append(
            protocol,
            "subgroups",
            subgroup_set="age_at_" + value,
            subgroup="over_" + value,
            variable="age",
            operator=">",
            value=value,
        )
    check(protocol)


def test_a_window_may_be_one_day(protocol):
    append(protocol, "windows", window_id="one_day", from_day=0, to_day=0)
    check(protocol)


def test_a_subgroup_may_be_by_response_and_a_term_the_variable_itself(protocol):
    append(
        protocol,
        "subgroups",
        subgroup_set="responders",
        subgroup="responder",
        variable="response",
        operator="=",
        value="decreased",
    )
    append(
        protocol,
        "model_terms",
        position=2,
        term="age",
        arm="both",
        variable="age",
        operator="value",
        value=None,
    )
    check(protocol)


def test_an_analysis_named_twice_is_reported_on_each_of_its_lines(protocol):
    name = protocol["analyses"].loc[0, "analysis_id"]
    line = append(protocol, "analyses")
    assert problems(protocol) == [
        f"analyses.csv line 2: analysis_id {name!r} occurs more than once",
        f"analyses.csv line {line}: analysis_id {name!r} occurs more than once",
    ]


def test_an_analysis_is_based_on_one_that_is_there_and_stands_alone(protocol):
    based = protocol["analyses"].dropna(subset="based_on")["analysis_id"].iloc[0]
    first = append(protocol, "analyses", analysis_id="new_1", based_on="nam_2032")
    second = append(protocol, "analyses", analysis_id="new_2", based_on=based)
    message = problems(protocol)
    assert (
        f"analyses.csv line {first}: based_on 'nam_2032' is not an analysis" in message
    )
    assert (
        f"analyses.csv line {second}: based_on {based!r} is itself based on another; "
        "name that one"
    ) in message


def test_an_analysis_without_rows_is_reported_for_every_seed_that_it_needs(protocol):
    line = append(protocol, "analyses", analysis_id="new", based_on=None)
    assert problems(protocol) == [
        f"analyses.csv line {line}: analysis_id 'new' has no row in {seed}.csv, "
        "nor has an analysis it is based on"
        for seed in (
            "arms",
            "windows",
            "eligibility",
            "endpoints",
            "matching",
            "groups",
        )
    ]


def test_all_problems_are_reported_at_once(protocol):
    change(protocol, "arms", arm="drug", index_rule="soon")
    change(protocol, "windows", requires="much")
    assert len(problems(protocol)) == 3
