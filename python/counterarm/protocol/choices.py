"""What a column of a protocol seed may hold, and what a row must say."""

from counterarm.protocol import estimator_seeds
from counterarm.protocol.variables import PROCEDURES, SOURCES

COMPARISONS = {"<", "<=", ">", ">=", "=", "!="}
OPERATORS = COMPARISONS | {"in", "known"}
ORDERED = {"<", "<=", ">", ">="}
# Order statistics that stand for a number: whose, the description of the seed says.
STATISTICS = {"q1", "median", "q3"}
WITH_STATISTICS = {"eligibility", "groups", "subgroups"}
# The variable itself as a term of a model.
VALUE = "value"
# Terms in PR and DS that event_days keeps, so that an endpoint may end with them.
RECORDED_EVENTS = PROCEDURES | {"DEATH"}
# Events that are seen at assessments, and the least and greatest threshold of each.
ASSESSED_EVENTS = {
    "DECLINE": (1, 48),
    "KINGS STAGE": (1, 4),
    "MITOS STAGE": (1, 4),
    "FT9 STAGE": (1, 5),
    "RESPIRATORY INSUFFICIENCY": (0, 3),
}
EVENTS = RECORDED_EVENTS | set(ASSESSED_EVENTS)
# What an event does to its endpoint; an empty cell is the first.
ROLES = {"event", "competing", "censor"}
# Where time may start, beside dose_N.
TIME_ZEROS = {"index", "first_dose", "entry", "enrolment", "diagnosis", "onset"}
ARMS = {"treated", "control"}
ARMS_OR_BOTH = ARMS | {"both"}
# Kinds of events of seeds/codelists/safety_kinds.csv.
SAFETY_KINDS = {
    "AE",
    "AE_ALL",
    "PROGRESSION",
    "ADR",
    "ADR_RECORDED",
    "SAE",
    "SERIOUS_ADR",
    "SAE_HOSPITALISED",
    "SAE_FATAL",
    "PAIN_OVER_2_WEEKS",
    "PAIN_OVER_2_WEEKS_ANY",
    "DEATH",
}
# how a contrast of groups by number of doses counts time
METHODS = {
    "naive",
    "naive_doses",
    "landmark_day",
    "landmark_dose",
    "delayed_entry",
    "time_dependent",
    "time_dependent_doses",
}
# How days and events are made; the formulas are counterarm.trust.follow_up's. Of them,
# those that count days, and those that need the end of a pseudo-trial.
RULES_OF_DAYS = {"window", "horizon"}
RULES_OF_TRIALS = {"alive_to_last_visit", "alive_to_last_death"}
FOLLOW_UP_RULES = {"as_recorded"} | RULES_OF_DAYS | RULES_OF_TRIALS

# What varies in a grid of specifications, in the order of its columns.
AXES = (
    "follow_up_rule",
    "pool",
    "index_rule",
    "clock",
    "score",
    "matching",
    "variance",
)
# The levels of two of them; those of the others are of the analysis.
POOLS = {"all", "recording", "known_status"}
CLOCKS = {"index", "trial_entry"}

# What fixes the index day: an assessment that the window `baseline` finds, a day of
# the source or, as visit_N, an assessment by its number; drawn_N draws one of those in
# that window, with the seed N, and all_visits keeps each of them.
MATCHED_TIME = "nearest_to_matched_time"
ALL_VISITS = "all_visits"
AT_ASSESSMENTS = {"assessment", MATCHED_TIME, ALL_VISITS}
INDEX_RULES = AT_ASSESSMENTS | {"first_dose", "trial_entry", "enrolment", "diagnosis"}
INDEX_RULES |= {ALL_VISITS}
# Days at which a baseline window may be anchored to find an index day, beside day 0.
ORIGINS = {"enrolment", "diagnosis", "onset"}
# Columns that may hold a number in a name as well: pattern, and how it is written.
NUMBERED_CHOICES = {
    ("arms", "index_rule"): (r"visit_[1-9][0-9]?|drawn_[0-9]{1,9}", "visit_N, drawn_N")
}
DRAWN = "drawn_"

# Variances of a Cox model by the study that a subject comes from.
BY_SOURCE = {"cluster_source", "strata_source"}
# How external controls count beside internal ones.
BORROWING = {"internal_only", "pooled", "test_then_pool", "power_prior"}
BORROWING |= {"calibrated_power_prior"}

# The values that a column may hold. A column that is not named here is free.
CHOICES: dict[str, dict[str, set[str]]] = {
    "variables": {
        "kind": {"numeric", "categorical", "boolean"},
        "known_at": {"index", "later"},
        "computed": {"always", "named"},
        "source": SOURCES,
    },
    "assumed_values": {"arm": ARMS_OR_BOTH},
    "arms": {"arm": ARMS, "index_rule": INDEX_RULES},
    "windows": {"arm": ARMS_OR_BOTH, "requires": {"any", "total", "complete"}},
    "eligibility": {"arm": ARMS_OR_BOTH, "operator": OPERATORS},
    "endpoints": {
        "arm": ARMS_OR_BOTH,
        "event": EVENTS,
        "role": ROLES,
        "not_recorded": {"ignore", "leave_out"},
    },
    "recorded_events": {
        "event": RECORDED_EVENTS,
        "recorded": {"yes", "no", "if_delivered"},
    },
    "clocks": {"arm": ARMS_OR_BOTH},
    "follow_up": {
        "rule": FOLLOW_UP_RULES,
        "pool": {"all", "recording"},
        "arms": {"control", "both"},
    },
    "scopes": {"scope": {"full", "survival"}},
    "matching": {
        "subject_use": {"once", "each_day"},
        "method": {
            "nearest",
            "optimal",
            "full",
            "exact",
            "cem",
            "subclass",
            "none",
            "ipw",
            "overlap",
            "entropy",
            "energy",
        },
        "score_scale": {"probability", "linear"},
        "match_order": {"largest", "smallest", "data", "closest", "farthest"},
        "tie_policy": {"first", "matchit_4_7"},
        "discard": {"treated", "control", "both"},
        "distance": {"mahalanobis", "robust_mahalanobis", "scaled_euclidean"},
    },
    "matching_terms": {
        "role": {"exact", "score", "distance", "covariate", "caliper", "balance"},
        "caliper_unit": {"sd", "raw"},
    },
    "groups": {"arm": ARMS_OR_BOTH, "operator": OPERATORS},
    "models": {
        "variance": {"naive", "cluster", "strata", "two_way"} | BY_SOURCE,
        "ties": {"efron", "breslow"},
    },
    "model_terms": {"arm": ARMS_OR_BOTH, "operator": OPERATORS | {VALUE}},
    "subgroups": {"operator": OPERATORS},
    "dose_contrasts": {"method": METHODS, "left_out": {"subject", "set"}},
    "dose_contrast_groups": {"arm": ARMS},
    "pair_bounds": {"kind": {"within", "bin"}},
    "association_tests": {
        "population": ARMS | {"matched", "eligible"},
        "operator": OPERATORS - {"known"},
    },
    "safety_tables": {
        "population": {"dosed", "PLACEBO", "ACTIVE"},
        "window_name": {"one_year", "entire_follow_up"},
        "kind": SAFETY_KINDS,
    },
    "response_predictors": {"operator": OPERATORS},
    "regression_terms": {"arm": ARMS_OR_BOTH, "operator": OPERATORS},
    "power_questions": {"shape": {"exponential", "linear"}},
    "placebo_nulls": {"kind": {"procedure", "ascertainment", "pseudo_trial"}},
    "bias_priors": {"kind": {"normal", "confounder"}},
    "borrowing": {"method": BORROWING},
    "tipping_sweeps": {"arm": ARMS},
    "specification_axes": {"axis": set(AXES)},
    **estimator_seeds.CHOICES,
}
# Columns that must be filled, beyond analysis_id.
FILLED = {
    "variables": ["variable", "kind", "known_at", "label", "computed", "source"],
    "assumed_values": ["variable", "arm", "value", "why"],
    "analyses": ["label", "why"],
    "arms": ["arm", "studyid", "armcd", "index_rule"],
    "windows": [
        "arm",
        "window_id",
        "anchor",
        "offset_days",
        "from_day",
        "to_day",
        "requires",
    ],
    "eligibility": ["step", "criterion", "arm", "variable", "operator", "label"],
    "endpoints": ["endpoint", "arm", "event", "label"],
    "recorded_events": ["studyid", "event", "recorded", "why"],
    "clocks": ["arm", "time_zero", "why"],
    "dose_groups": ["dose_group", "min_doses"],
    "follow_up": ["rule", "pool", "arms", "why"],
    "scopes": ["scope"],
    "matching": ["method"],
    "matching_terms": ["variable", "role"],
    "groups": ["comparison_set", "position", "group_name", "arm"],
    "models": ["model_id", "endpoint", "variance", "ties"],
    "model_terms": ["model_id", "position", "term", "arm"],
    "subgroups": ["subgroup_set", "position", "subgroup"],
    "dose_contrasts": [
        "contrast_id",
        "endpoint",
        "variant",
        "method",
        "left_out",
        "models",
        "horizons",
        "variances",
        "label",
        "why",
    ],
    "dose_contrast_groups": ["contrast_id", "position", "group_name", "arm"],
    "pair_bounds": ["variable", "position", "kind", "label"],
    "association_tests": [
        "association",
        "position",
        "population",
        "variable",
        "operator",
        "label_met",
        "label_not_met",
        "column_variable",
    ],
    "safety_tables": [
        "table_id",
        "position",
        "population",
        "window_name",
        "kind",
        "more_than_pct",
        "label",
    ],
    "power_questions": [
        "question",
        "s_treated",
        "s_control",
        "n_treated",
        "n_control",
        "alpha",
        "target_power",
        "shape",
        "runs",
        "seed",
    ],
    "placebo_nulls": ["null_id", "kind", "why"],
    "bias_priors": ["prior_id", "kind", "is_in_verdict", "disease", "source", "why"],
    "borrowing": ["borrowing_id", "method", "endpoint", "why"],
    "tipping_sweeps": ["arm", "deltas", "m", "seed", "why"],
    "specification_axes": ["axis", "level", "position", "is_valid", "why"],
    "response_predictors": ["position", "predictor", "variable"],
    "regression_terms": ["model_id", "position", "term", "arm"],
    **estimator_seeds.FILLED,
}
# What a row of matching.csv must say with each method; it says nothing else but
# discard, with the pair methods score_scale and match_order, with nearest distance.
PAIR_COLUMNS = ["ratio", "replacement", "tie_policy"]
BY_METHOD = {
    "nearest": PAIR_COLUMNS,
    "optimal": PAIR_COLUMNS,
    "full": ["score_scale"],
    "subclass": ["score_scale", "subclasses"],
    "exact": [],
    "cem": [],
    "none": [],
    "ipw": [],
    "overlap": [],
    "entropy": [],
    "energy": [],
}
# Seeds whose rows are of no single analysis.
OF_NO_ANALYSIS = {"bias_priors", "recorded_events", "safety_tables", "variables"}
# Seeds whose rows are of the analysis that they name, and of none that is based on it.
NOT_INHERITED = {
    "placebo_nulls",
    "power_questions",
    "specification_axes",
    "tipping_sweeps",
    *estimator_seeds.COLUMNS,
}
# What a seed may name as a variable beyond variables.csv.
SPECIAL_VARIABLES = {
    "matching_terms": "score",
    "subgroups": "response",
    "association_tests": "response",
}
# Seeds in which a variable without an operator is itself the term.
WITH_MEASURES = {"response_predictors", "regression_terms"}
FIXED_ANCHORS = ORIGINS | {
    "trial_entry",
    "index_day",
    "baseline",
    "last_dose",
    "pair",
}
