"""Seeds that ask for further estimators of an analysis: columns, choices, numbers.

What each column means is in seeds/protocol/_estimators.yml. None is inherited, as each
row costs time.
"""

DISTRIBUTIONS = (
    "exponential",
    "weibull",
    "gompertz",
    "log_normal",
    "log_logistic",
    "generalised_gamma",
    "spline_1",
    "spline_2",
    "spline_3",
)
COLUMNS: dict[str, list[str]] = {
    "bootstraps": ["analysis_id", "kind", "draws", "seed", "why"],
    "doubly_robust": ["analysis_id", "endpoint", "days", "why"],
    "extrapolations": [
        "analysis_id",
        "endpoint",
        "comparison_set",
        "distributions",
        "horizon_days",
        "why",
    ],
    "mmrm_models": ["analysis_id", "visits", "why"],
    "rematched_subgroups": ["analysis_id", "subgroup_set", "why"],
}
# Every column is filled.
FILLED = {name: columns[1:] for name, columns in COLUMNS.items()}
CHOICES: dict[str, dict[str, set[str]]] = {"bootstraps": {"kind": {"pair", "subject"}}}
NUMBERS: dict[str, dict[str, tuple[float, float, bool]]] = {
    "bootstraps": {"draws": (20, 10_000, True), "seed": (0, 2**63 - 1, True)},
    # a century: no extrapolation of survival is longer
    "extrapolations": {"horizon_days": (1, 36_500, True)},
}
# What rows of one analysis never share.
KEYS: dict[str, list[list[str]]] = {
    "bootstraps": [["kind"]],
    "doubly_robust": [["endpoint"]],
    "extrapolations": [["endpoint", "comparison_set"]],
    "mmrm_models": [[]],
    "rematched_subgroups": [["subgroup_set"]],
}
