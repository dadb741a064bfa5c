"""Synthetic rows of a protocol and its subjects, for the grid and what goes with it."""

import numpy as np
import pandas as pd

RULES = ("as_recorded", "window_91")
LEVELS = {
    "follow_up_rule": [("as_recorded", False), ("window_91", True)],
    "pool": [("all", False), ("recording", True), ("known_status", False)],
    "index_rule": [("assessment", True)],
    "clock": [("index", True), ("trial_entry", False)],
    "score": [("a", True), ("a_with_speed", True)],
    "matching": [("a", True), ("a_exact", True), ("a_full", True)],
    "variance": [("cluster", True), ("naive", True), ("strata", True)],
}
VARIABLES = pd.DataFrame(
    {
        "variable": ["age", "speed", "sex"],
        "kind": ["numeric", "numeric", "categorical"],
    }
)
TERMS = pd.DataFrame(
    [
        ("a", "age", "score", None, None, None),
        ("a", "sex", "score", None, None, None),
        ("a_with_speed", "age", "score", None, None, None),
        ("a_with_speed", "sex", "score", None, None, None),
        ("a_with_speed", "speed", "score", None, None, None),
        ("a_exact", "sex", "exact", None, None, None),
        ("a_full", "age", "score", None, None, None),
        ("a_full", "sex", "score", None, None, None),
    ],
    columns=["analysis_id", "variable", "role", "scale", "caliper", "caliper_unit"],
)
VARIANCES = {
    "a": ("naive", "cluster", "strata"),
    "a_with_speed": ("naive", "cluster", "strata"),
    "a_exact": ("cluster",),
    "a_full": ("cluster",),
}


def axes(**levels: list[tuple[str, bool]]) -> pd.DataFrame:
    """Return rows of `specification_axes.csv` of the analysis a."""
    rows = [
        ("a", axis, level, position, is_valid, "")
        for axis, own in (LEVELS | levels).items()
        for position, (level, is_valid) in enumerate(own, start=1)
    ]
    columns = ["analysis_id", "axis", "level", "position", "is_valid", "why"]
    return pd.DataFrame(rows, columns=columns)


def first_levels() -> pd.DataFrame:
    """Return axes of one level each, those of the analysis itself."""
    return axes(**{axis: own[:1] for axis, own in LEVELS.items()})


def matching() -> pd.DataFrame:
    """Return the plans of the analyses, of which a_window_91 inherits that of a."""
    pairs = {
        "method": "nearest",
        "score_scale": "probability",
        "match_order": "largest",
        "ratio": 1,
        "replacement": False,
        "tie_policy": "first",
        "discard": None,
    }
    none = dict.fromkeys(pairs)
    return pd.DataFrame(
        [
            {"analysis_id": "a"} | pairs,
            {"analysis_id": "a_with_speed"} | pairs,
            {"analysis_id": "a_exact"} | none | {"method": "exact"},
            {"analysis_id": "a_full"}
            | none
            | {"method": "full", "score_scale": "probability"},
            {"analysis_id": "a_window_91"} | pairs,
        ]
    )


def models() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return models and their terms: of treatment alone, and of treatment and age."""
    variances = VARIANCES | {"a_window_91": VARIANCES["a"]}
    rows = [
        (analysis, model, "OS", variance, "efron")
        for analysis, own in variances.items()
        for model in ("adjusted", "unadjusted")
        for variance in own
    ]
    columns = ["analysis_id", "model_id", "endpoint", "variance", "ties"]
    terms = [
        row
        for analysis in variances
        for row in (
            (analysis, "adjusted", 1, "treated", "treated", None),
            (analysis, "adjusted", 2, "older", "both", "age"),
            (analysis, "unadjusted", 1, "treated", "treated", None),
        )
    ]
    of_terms = ["analysis_id", "model_id", "position", "term", "arm", "variable"]
    return pd.DataFrame(rows, columns=columns), pd.DataFrame(terms, columns=of_terms)


def people(n_treated: int = 30, n_control: int = 90, seed: int = 1) -> pd.DataFrame:
    """Return rows of `analysis.specification_subjects` under both rules.

    Under window_91 the living controls are followed 91 days more, in a pool of three
    quarters of them.
    """
    rng = np.random.default_rng(seed)
    n = n_treated + n_control
    treated = np.arange(n) < n_treated
    own = pd.DataFrame(
        {
            "analysis_id": "a",
            "usubjid": [f"S-{i:04d}" for i in range(n)],
            "arm": np.where(treated, "treated", "control"),
            "index_day": np.where(treated, 0, 150 + np.arange(n) % 60),
            "days": np.ceil(rng.exponential(np.where(treated, 500, 300))) + 5,
            "is_event": rng.random(n) < 0.6,
            "horizon_days": np.nan,
            "pseudo_trial_id": np.where(treated, None, "PT001"),
            "is_recording": treated | (np.arange(n) % 4 > 0),
            "vital_status": np.where(rng.random(n) < 0.7, "DEAD", None),
            "lacks_covariates": False,
            "age": rng.normal(58, 8, n).round(2),
            "speed": rng.gamma(4, 0.2, n),
            "sex": np.where(rng.random(n) < 0.45, "F", "M"),
        }
    )
    longer = own["days"] + np.where(~treated & ~own["is_event"], 91, 0)
    rules = [
        own.assign(follow_up_rule="as_recorded", rule_analysis_id="a", is_in_pool=True),
        own.assign(
            follow_up_rule="window_91",
            rule_analysis_id="a_window_91",
            is_in_pool=own["is_recording"],
            days=longer,
        ),
    ]
    return pd.concat(rules, ignore_index=True)


def protocol(**changed: object) -> dict[str, pd.DataFrame]:
    """Return the frames that the builders take beside the subjects."""
    own, terms = models()
    of_rule = TERMS[TERMS["analysis_id"] == "a"].assign(analysis_id="a_window_91")
    return {
        "axes": axes(),
        "matching": matching(),
        "terms": pd.concat([TERMS, of_rule], ignore_index=True),
        "models": own,
        "model_terms": terms,
        "variables": VARIABLES,
    } | changed
