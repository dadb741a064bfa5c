"""A row of the protocol that is invalid is named by file, line, column and value."""

import pandas as pd
import pytest
from changed_protocol import append, check, delivered, problems

# Rows that are valid beside the first one of their seed.
NULL = {"null_id": "C9"}
PRIOR = {"prior_id": "new", "is_in_verdict": False}
SWEEP = {"analysis_id": "nam_2023_window_182"}


@pytest.fixture
def protocol() -> dict[str, pd.DataFrame]:
    return delivered()


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
        ("scopes", {"scope": None}, "scope must not be empty"),
        (
            "placebo_nulls",
            NULL | {"kind": "order"},
            "kind 'order' is none of ascertainment, procedure, pseudo_trial",
        ),
        (
            "placebo_nulls",
            NULL | {"draws": 4},
            "draws 4 is not a whole number from 5 to 10000",
        ),
        (
            "placebo_nulls",
            NULL | {"draws": None},
            "draws must be given with the kind procedure",
        ),
        (
            "placebo_nulls",
            NULL | {"seed": -1},
            "seed -1 is not a whole number from 0 to 9.22337203685478e+18",
        ),
        (
            "placebo_nulls",
            NULL | {"null_id": "C 9"},
            "null_id 'C 9' is not a valid name",
        ),
        ("placebo_nulls", NULL | {"null_id": None}, "null_id must not be empty"),
        ("placebo_nulls", NULL | {"why": None}, "why must not be empty"),
        (
            "placebo_nulls",
            NULL | {"analysis_id": "nam_2023_ipw"},
            "analysis_id 'nam_2023_ipw' is matched by the method ipw, which makes no "
            "pairs",
        ),
        (
            "bias_priors",
            PRIOR | {"prior_id": "a b"},
            "prior_id 'a b' is not a valid name",
        ),
        (
            "bias_priors",
            PRIOR | {"bias_sd": -0.1},
            "bias_sd -0.1 is not a number from 0 to 10",
        ),
        (
            "bias_priors",
            PRIOR | {"bias_mean": None},
            "bias_mean must be given with the kind normal",
        ),
        (
            "tipping_sweeps",
            SWEEP | {"arm": "both"},
            "arm 'both' is none of control, treated",
        ),
        ("tipping_sweeps", SWEEP | {"deltas": None}, "deltas must not be empty"),
        (
            "tipping_sweeps",
            SWEEP | {"deltas": "2|4"},
            "deltas '2|4' does not rise or fall from 1, each number once",
        ),
        (
            "tipping_sweeps",
            SWEEP | {"m": 1},
            "m 1 is not a whole number from 2 to 1000",
        ),
        ("tipping_sweeps", SWEEP | {"m": None}, "m must not be empty"),
        (
            "tipping_sweeps",
            SWEEP | {"seed": 0.5},
            "seed 0.5 is not a whole number from 0 to 9.22337203685478e+18",
        ),
        ("tipping_sweeps", SWEEP | {"seed": None}, "seed must not be empty"),
        ("tipping_sweeps", SWEEP | {"why": None}, "why must not be empty"),
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
            "index_rule 'day_0' is none of all_visits, assessment, diagnosis, "
            "enrolment, first_dose, nearest_to_matched_time, trial_entry, visit_N, "
            "drawn_N",
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
            "anchor 'day_0' is none of baseline, diagnosis, enrolment, "
            "index_day, last_dose, onset, pair, trial_entry, dose_N",
        ),
        (
            "windows",
            {"anchor": "3"},
            "anchor '3' is none of baseline, diagnosis, enrolment, "
            "index_day, last_dose, onset, pair, trial_entry, dose_N",
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
            {"variable": "waist"},
            "variable 'waist' is not a variable in variables.csv",
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
            "event 'TRACHEOTOMY' is none of DEATH, DECLINE, FT9 STAGE, GASTROSTOMY, "
            "KINGS STAGE, MECHANICAL VENTILATION, MITOS STAGE, NON-INVASIVE "
            "MECHANICAL VENTILATION, NON-INVASIVE VENTILATION OVER 22 HOURS, "
            "RESPIRATORY INSUFFICIENCY, TRACHEOSTOMY",
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
            "method 'best' is none of cem, energy, entropy, exact, full, ipw, "
            "nearest, none, optimal, overlap, subclass",
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
            "matching_terms",
            {"variable": "age", "role": "balance", "moments": 2},
            "moments 2 must be empty with the role balance",
        ),
        (
            "models",
            {"variance": "robust"},
            "variance 'robust' is none of cluster, cluster_source, naive, strata, "
            "strata_source, two_way",
        ),
        (
            "model_terms",
            {"variable": "ages", "operator": None, "value": None},
            "variable 'ages' is not a variable in variables.csv",
        ),
    ],
)
def test_an_invalid_row_is_named_by_line_column_and_value(
    protocol, seed, values, message
):
    line = append(protocol, seed, **values)
    assert problems(protocol) == [f"{seed}.csv line {line}: {message}"]


@pytest.mark.parametrize(
    ("seed", "values"),
    [("placebo_nulls", NULL), ("bias_priors", PRIOR), ("tipping_sweeps", SWEEP)],
)
def test_the_row_that_these_change_is_valid(protocol, seed, values):
    append(protocol, seed, **values)
    check(protocol)


@pytest.mark.parametrize(
    ("seed", "values", "column"),
    [
        ("placebo_nulls", {"seed": 1}, "null_id"),
        ("bias_priors", {"bias_sd": 1, "is_in_verdict": False}, "prior_id"),
        ("tipping_sweeps", {"seed": 1}, "arm"),
        ("specification_axes", {"position": 9}, "level"),
    ],
)
def test_what_names_a_row_names_one(protocol, seed, values, column):
    line = append(protocol, seed, **values)
    found = [text for text in problems(protocol) if "line 2" in text]
    assert [text.split(": ")[0] for text in found] == [f"{seed}.csv line {line}"]
    assert column in found[0]
