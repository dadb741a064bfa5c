"""What the columns of a protocol seed hold: names, numbers, flags and keys."""

import re

from counterarm.protocol import estimator_seeds

# Names become folders, files, keys of tables and HTML: letters, digits, _ and -.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)
LONGEST_NAME = 64
NAMES: dict[str, list[str]] = {
    "analyses": ["analysis_id"],
    "arms": ["studyid", "armcd"],
    "association_tests": ["association"],
    "bias_priors": ["prior_id"],
    "borrowing": ["borrowing_id", "endpoint"],
    "dose_contrast_groups": ["contrast_id", "group_name"],
    "dose_contrasts": ["contrast_id", "endpoint", "variant"],
    "dose_groups": ["dose_group"],
    "eligibility": ["criterion"],
    "endpoints": ["endpoint"],
    "groups": ["comparison_set", "group_name"],
    "model_terms": ["model_id", "term"],
    "models": ["model_id", "endpoint"],
    "placebo_nulls": ["null_id"],
    "power_questions": ["question"],
    "recorded_events": ["studyid"],
    "regression_terms": ["model_id", "term"],
    "response_predictors": ["predictor"],
    "safety_tables": ["table_id"],
    "subgroups": ["subgroup_set", "subgroup"],
    "windows": ["window_id"],
}

# Columns that hold numbers: the lowest and the highest, ends included, and whether only
# whole ones. Days reach ten years either way: no trial of ALS is longer.
DAYS = (-3650, 3650, True)
PLACE = (1, 10_000, True)
DOSES = (0, 10_000, True)
RANDOM_SEED = (0, 2**63 - 1, True)
# Log ratios, their SD, and shares that a Beta distribution can have for its mean.
LOG_RATIO = (-10, 10, False)
SD = (0, 10, False)
SHARE = (0.0001, 0.9999, False)
NUMBERS: dict[str, dict[str, tuple[float, float, bool]]] = {
    "association_tests": {"position": PLACE},
    "bias_priors": {
        "bias_mean": LOG_RATIO,
        "bias_sd": SD,
        "log_rr_mean": LOG_RATIO,
        "log_rr_sd": SD,
        "share_treated": SHARE,
        "share_control": SHARE,
        "share_n": (1, 1_000_000, False),
    },
    "borrowing": {"weight": (0, 1, False), "alpha": (0.0001, 0.9999, False)},
    "dose_contrast_groups": {
        "position": PLACE,
        "min_doses": DOSES,
        "max_doses": DOSES,
    },
    "dose_groups": {"min_doses": DOSES, "max_doses": DOSES},
    "eligibility": {"step": PLACE},
    "endpoints": {"threshold": (0, 48, False)},
    "follow_up": {"days": (1, 3650, True)},
    "groups": {"position": PLACE},
    "matching": {"ratio": (1, 100, True), "subclasses": (2, 100, True)},
    "matching_terms": {
        "scale": (1e-9, 1e9, False),
        # a negative caliper: the two of a pair differ by more than that
        "caliper": (-1e9, 1e9, False),
        "moments": (1, 3, True),
    },
    "model_terms": {"position": PLACE},
    "pair_bounds": {
        "position": PLACE,
        "low": (-1e9, 1e9, False),
        "high": (-1e9, 1e9, False),
        "decimals": (0, 10, True),
    },
    "placebo_nulls": {"draws": (5, 10_000, True), "seed": RANDOM_SEED},
    "power_questions": {
        "s_treated": (0, 1, False),
        "s_control": (0, 1, False),
        "n_treated": (1, 10_000, True),
        "n_control": (1, 10_000, True),
        "alpha": (0.0001, 0.5, False),
        "target_power": (0.01, 0.9999, False),
        "runs": (100, 1_000_000, True),
        "seed": RANDOM_SEED,
    },
    "regression_terms": {"position": PLACE},
    "response_predictors": {"position": PLACE},
    "safety_tables": {"position": PLACE},
    "specification_axes": {"position": PLACE},
    "subgroups": {"position": PLACE},
    "tipping_sweeps": {"m": (2, 1_000, True), "seed": RANDOM_SEED},
    "variables": {"from_day": DAYS, "to_day": DAYS},
    "windows": {"offset_days": DAYS, "from_day": DAYS, "to_day": DAYS},
    **estimator_seeds.NUMBERS,
}
FLAGS = {
    "bias_priors": ["is_in_verdict"],
    "matching": ["replacement"],
    "specification_axes": ["is_valid"],
}
# What rows of one analysis (or, without analyses, of the whole seed) never share.
KEYS: dict[str, list[list[str]]] = {
    "variables": [["variable"]],
    "association_tests": [["association"], ["position"]],
    "assumed_values": [["variable", "arm"]],
    "bias_priors": [["prior_id"]],
    "borrowing": [["borrowing_id"]],
    "dose_contrast_groups": [
        ["contrast_id", "group_name"],
        ["contrast_id", "position"],
    ],
    "dose_groups": [["dose_group"]],
    "clocks": [["arm"]],
    "endpoints": [["endpoint", "arm", "event"]],
    "recorded_events": [["studyid", "event"]],
    "follow_up": [[]],
    "matching": [[]],
    "matching_terms": [["variable", "role"]],
    "model_terms": [["model_id", "term"], ["model_id", "position"]],
    "models": [["model_id", "variance"]],
    "pair_bounds": [["variable", "position"], ["variable", "label"]],
    "placebo_nulls": [["null_id"]],
    "power_questions": [["question"]],
    "regression_terms": [["model_id", "term"], ["model_id", "position"]],
    "response_predictors": [["predictor"], ["position"]],
    "safety_tables": [["table_id"], ["position"]],
    "scopes": [[]],
    "tipping_sweeps": [["arm"]],
    "specification_axes": [["axis", "level"], ["axis", "position"]],
    **estimator_seeds.KEYS,
}
