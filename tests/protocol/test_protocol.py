"""Every row of the protocol that makes no sense is named by file, line and value."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from counterarm.protocol import ProtocolError, check_protocol
from counterarm.protocol.choices import FOLLOW_UP_RULES
from counterarm.trust import RULES

SEEDS = Path(__file__).parents[2] / "seeds" / "protocol"


@pytest.fixture
def protocol() -> dict[str, pd.DataFrame]:
    """Return the protocol as it is delivered, in the types that dbt gives it."""
    seeds = {path.stem: pd.read_csv(path) for path in SEEDS.glob("*.csv")}
    for rows in seeds.values():
        for column in {"value", "based_on"} & set(rows):
            rows[column] = rows[column].astype(object)
    return seeds


def check(protocol: dict[str, pd.DataFrame]) -> pd.DataFrame:
    seeds = {name: rows for name, rows in protocol.items() if name != "variables"}
    return check_protocol(seeds, protocol["variables"])


def problems(protocol: dict[str, pd.DataFrame]) -> list[str]:
    with pytest.raises(ProtocolError) as error:
        check(protocol)
    head, *lines = str(error.value).splitlines()
    assert head == f"the protocol has {len(lines)} problem(s):"
    assert lines == [f"- {problem}" for problem in error.value.problems]
    without = [replace(problem, remedy="") for problem in error.value.problems]
    return [str(problem).removeprefix("seeds/protocol/") for problem in without]


def change(protocol: dict[str, pd.DataFrame], seed: str, **values: object) -> None:
    """Change the first row of a seed."""
    for column, value in values.items():
        protocol[seed][column] = protocol[seed][column].astype(object)
        protocol[seed].loc[0, column] = value


def append(protocol: dict[str, pd.DataFrame], seed: str, **values: object) -> int:
    """Append a copy of a seed's first row with other values; return its line."""
    rows = protocol[seed].to_dict("records")
    rows.append(rows[0] | values)
    protocol[seed] = pd.DataFrame(rows, dtype=object)
    return len(rows) + 1


def test_the_protocol_as_delivered_makes_sense(protocol):
    checked = check(protocol)
    assert checked["seed"].tolist() == sorted(set(protocol) - {"variables"})
    counts = dict(zip(checked["seed"], checked["n_rows"], strict=True))
    assert counts == {
        name: len(rows) for name, rows in protocol.items() if name != "variables"
    }


def test_the_rules_of_follow_up_are_those_that_have_a_formula():
    assert set(RULES) == FOLLOW_UP_RULES


def test_an_analysis_has_one_follow_up_rule_and_one_scope(protocol):
    for seed in ("follow_up", "scopes"):
        rows = protocol[seed]
        protocol[seed] = pd.concat([rows, rows.iloc[:1]], ignore_index=True)
    found = problems(protocol)
    assert [text.split()[0] for text in found] == ["follow_up.csv", "scopes.csv"]


def test_the_digest_tells_two_protocols_apart_and_two_runs_not(protocol):
    first, again = check(protocol), check(protocol)
    change(protocol, "windows", to_day=31)
    other = check(protocol)
    pd.testing.assert_frame_equal(first, again)
    differs = first["sha256"] != other["sha256"]
    assert first.loc[differs, "seed"].tolist() == ["windows"]


@pytest.mark.parametrize(
    ("seed", "values", "message"),
    [
        (
            "pair_bounds",
            {"variable": "sex"},
            "variable 'sex' is not numeric",
        ),
        ("pair_bounds", {"kind": "near"}, "kind 'near' is none of bin, within"),
        ("pair_bounds", {"high": None}, "high must be given with the kind within"),
        ("pair_bounds", {"low": 1.0}, "low 1.0 must be empty with the kind within"),
        (
            "follow_up",
            {"rule": "windows"},
            "rule 'windows' is none of alive_to_last_death, alive_to_last_visit, "
            "as_recorded, horizon, window",
        ),
        (
            "follow_up",
            {"rule": "window", "days": None},
            "days must be given with the rule window",
        ),
        (
            "follow_up",
            {"rule": "as_recorded", "days": 91},
            "days 91 must be empty with the rule as_recorded",
        ),
        (
            "follow_up",
            {"rule": "horizon", "days": 0},
            "days 0 is not a whole number from 1 to 3650",
        ),
        (
            "follow_up",
            {"rule": "alive_to_last_visit", "days": None, "pool": "all"},
            "pool 'all' has subjects of no pseudo-trial, whose end "
            "alive_to_last_visit needs",
        ),
        ("follow_up", {"pool": "some"}, "pool 'some' is none of all, recording"),
        ("follow_up", {"arms": "treated"}, "arms 'treated' is none of both, control"),
        ("follow_up", {"why": None}, "why must not be empty"),
        ("scopes", {"scope": "function"}, "scope 'function' is none of full, survival"),
        (
            "association_tests",
            {"column_variable": "gender"},
            "column_variable 'gender' is not a variable in variables.csv",
        ),
        (
            "association_tests",
            {"population": "all"},
            "population 'all' is none of control, eligible, matched, treated",
        ),
        (
            "association_tests",
            {"operator": "known", "value": None},
            "operator 'known' is none of !=, <, <=, =, >, >=, in",
        ),
        (
            "safety_tables",
            {"more_than_pct": "five"},
            "more_than_pct 'five' is not a percentage from 0 to 100",
        ),
        (
            "safety_tables",
            {"window_name": "two_years"},
            "window_name 'two_years' is none of entire_follow_up, one_year",
        ),
        (
            "arms",
            {"analysis_id": "nam_2032"},
            "analysis_id 'nam_2032' is not an analysis in analyses.csv",
        ),
        ("arms", {"arm": "both"}, "arm 'both' is none of control, treated"),
        (
            "arms",
            {"index_rule": "day_0"},
            "index_rule 'day_0' is none of assessment, first_dose, trial_entry",
        ),
        ("arms", {"studyid": None}, "studyid must not be empty"),
        (
            "power_questions",
            {"s_control": 40},
            "s_control 40 is not a number from 0 to 1",
        ),
        (
            "power_questions",
            {"runs": "many"},
            "runs 'many' is not a whole number from 100 to 1000000",
        ),
        (
            "power_questions",
            {"shape": "weibull"},
            "shape 'weibull' is none of exponential, linear",
        ),
        ("endpoints", {"event": ""}, "event must not be empty"),
        ("windows", {"from_day": float("nan")}, "from_day must not be empty"),
        (
            "windows",
            {"requires": "all"},
            "requires 'all' is none of any, complete, total",
        ),
        (
            "windows",
            {"anchor": "day_0"},
            "anchor 'day_0' is none of baseline, index_day, last_dose, pair, "
            "trial_entry, dose_N",
        ),
        (
            "windows",
            {"anchor": "3"},
            "anchor '3' is none of baseline, index_day, last_dose, pair, "
            "trial_entry, dose_N",
        ),
        ("windows", {"anchor": None}, "anchor must not be empty"),
        (
            "windows",
            {"anchor": "pair", "arm": "both"},
            "anchor 'pair' can only be that of a window of the arm control",
        ),
        (
            "response_predictors",
            {"variable": "sex", "operator": None, "value": None},
            "variable 'sex' is categorical and needs an operator",
        ),
        (
            "regression_terms",
            {"variable": "riluzole", "operator": None, "value": None},
            "variable 'riluzole' is categorical and needs an operator",
        ),
        (
            "response_predictors",
            {"predictor": None},
            "predictor must not be empty",
        ),
        (
            "eligibility",
            {"variable": "weight"},
            "variable 'weight' is not a variable in variables.csv",
        ),
        (
            "eligibility",
            {"operator": "=>"},
            "operator '=>' is none of !=, <, <=, =, >, >=, in, known",
        ),
        (
            "eligibility",
            {"variable": "age", "operator": ">=", "value": "twenty"},
            "value 'twenty' is not a number, but age is numeric",
        ),
        (
            "windows",
            {"from_day": 31, "to_day": 30},
            "from_day 31 is after to_day 30: the window holds no day",
        ),
        (
            "endpoints",
            {"event": "TRACHEOTOMY"},
            "event 'TRACHEOTOMY' is none of DEATH, GASTROSTOMY, "
            "INVASIVE MECHANICAL VENTILATION, TRACHEOSTOMY",
        ),
        (
            "eligibility",
            {"variable": "age", "operator": "=", "value": "median"},
            "value 'median' needs one of <, <=, >, >=",
        ),
        (
            "eligibility",
            {"variable": "age", "operator": "<", "value": "q2"},
            "value 'q2' is not a number, but age is numeric",
        ),
        (
            "eligibility",
            {"variable": "response", "operator": "=", "value": "decreased"},
            "variable 'response' is not a variable in variables.csv",
        ),
        (
            "model_terms",
            {"variable": "age", "operator": ">", "value": "median"},
            "value 'median' is of no stated population in model_terms.csv",
        ),
        (
            "model_terms",
            {"variable": "sex", "operator": "value"},
            "variable 'sex' must be numeric with the operator value",
        ),
        (
            "model_terms",
            {"variable": "age", "operator": "value", "value": "1"},
            "value '1' must be empty with the operator value",
        ),
        (
            "model_terms",
            {"variable": None, "operator": "value"},
            "variable must be given with the operator value",
        ),
        (
            "model_terms",
            {"variable": "age", "operator": None, "term": "age"},
            "operator must be given with the variable age",
        ),
        (
            "eligibility",
            {"variable": "age", "operator": "value", "value": None},
            "operator 'value' is none of !=, <, <=, =, >, >=, in, known",
        ),
        (
            "eligibility",
            {"variable": "age", "operator": "<", "value": "nan"},
            "value 'nan' is not a number, but age is numeric",
        ),
        (
            "eligibility",
            {"operator": ">=", "value": None},
            "value must be given with the operator >=",
        ),
        (
            "eligibility",
            {"operator": "known", "value": "yes"},
            "value 'yes' must be empty with the operator known",
        ),
        (
            "groups",
            {"variable": None, "operator": "=", "value": "F"},
            "variable must be given with the operator =",
        ),
        (
            "matching",
            {"method": "best"},
            "method 'best' is none of exact, full, ipw, nearest, none, optimal, "
            "overlap",
        ),
        (
            "matching",
            {"method": "optimal", "ratio": None},
            "ratio must not be empty with the method optimal",
        ),
        (
            "matching",
            {
                "analysis_id": "nam_2023_caliper",
                "method": "nearest",
                "match_order": "data",
                "discard": "none",
            },
            "discard 'none' is none of both, control, treated",
        ),
        (
            "matching_terms",
            {"variable": "age", "role": "caliper", "caliper_unit": "sd"},
            "caliper must be given with the role caliper",
        ),
        (
            "matching_terms",
            {
                "variable": "age",
                "role": "caliper",
                "caliper": 0.2,
                "caliper_unit": "SD",
            },
            "caliper_unit 'SD' is none of raw, sd",
        ),
        (
            "matching_terms",
            {"variable": "age", "role": "distance"},
            "scale must be given with the role distance",
        ),
        (
            "models",
            {"variance": "robust"},
            "variance 'robust' is none of cluster, naive, strata, two_way",
        ),
        (
            "model_terms",
            {"variable": "ages", "operator": None, "value": None},
            "variable 'ages' is not a variable in variables.csv",
        ),
    ],
)
def test_a_row_that_makes_no_sense_is_named_by_line_column_and_value(
    protocol, seed, values, message
):
    line = append(protocol, seed, **values)
    assert problems(protocol) == [f"{seed}.csv line {line}: {message}"]


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


def test_an_analysis_named_twice_is_told_on_each_of_its_lines(protocol):
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


def test_an_analysis_without_rows_is_told_for_every_seed_that_it_needs(protocol):
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


def test_all_that_is_wrong_is_told_at_once(protocol):
    change(protocol, "arms", arm="drug", index_rule="soon")
    change(protocol, "windows", requires="much")
    assert len(problems(protocol)) == 3
