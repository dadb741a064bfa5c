"""How wrong a result may be: follow-up rules, calibration, bounds and a verdict.

Functions over arrays; analyses, rules, priors and seeds are the caller's. A number that
does not exist is NaN, with a note where the result has one.
"""

from counterarm.trust.ascertainment import (
    ObservedExpected,
    is_late_death,
    observed_over_expected,
    reading,
    reverse_median,
    reverse_medians,
)
from counterarm.trust.bias import (
    BiasAdjusted,
    ConfounderAdjusted,
    bias_factor,
    binary_confounder,
    mean_that_moves_the_limit,
    normal_prior,
)
from counterarm.trust.calibration import (
    Calibrated,
    EmpiricalNull,
    calibrate,
    draw_keys,
    draw_pseudo_treated,
    fit_null,
    n_pseudo_treated,
)
from counterarm.trust.censoring_weights import (
    CensoringWeights,
    censoring_weights,
    fit_weighted_cox,
    truncate,
    uncensored_before,
)
from counterarm.trust.competing import (
    CumulativeIncidence,
    GrayTest,
    aalen_johansen,
    fine_gray,
    gray_test,
)
from counterarm.trust.e_values import (
    EValue,
    bias_curve,
    bounding_factor,
    covariate_strength,
    e_value,
    prevalence_ratio,
    risk_ratio,
    times_as_strong,
)
from counterarm.trust.follow_up import (
    RULES,
    FollowUp,
    cut_at,
    deaths_recorded,
    follow_up,
    is_in_pool,
    rule_id,
    window_note,
)
from counterarm.trust.imputation import (
    ImputationPlan,
    imputations,
    nelson_aalen,
    plan_imputation,
)
from counterarm.trust.joint_rank import JointRank, joint_rank
from counterarm.trust.mmrm import Mmrm, fit_mmrm
from counterarm.trust.random_streams import random_stream
from counterarm.trust.rosenbaum import PairBounds, amplification, rosenbaum_bounds
from counterarm.trust.rubin import Pooled, pool
from counterarm.trust.tipping import (
    SWEEPS,
    PiecewiseExponential,
    Tipping,
    tipping_point,
    uniforms,
)
from counterarm.trust.verdict import (
    Challenge,
    Verdict,
    give_verdict,
    outcome_of_amounts,
    outcome_of_intervals,
    rank,
    rules_disagree,
    share_lost,
    valid_rule,
)
from counterarm.trust.win_ratio import (
    WinRatio,
    compare,
    matched_win_ratio,
    win_ratio,
)

__all__ = [
    "RULES",
    "SWEEPS",
    "BiasAdjusted",
    "Calibrated",
    "CensoringWeights",
    "Challenge",
    "ConfounderAdjusted",
    "CumulativeIncidence",
    "EValue",
    "EmpiricalNull",
    "FollowUp",
    "GrayTest",
    "ImputationPlan",
    "JointRank",
    "Mmrm",
    "ObservedExpected",
    "PairBounds",
    "PiecewiseExponential",
    "Pooled",
    "Tipping",
    "Verdict",
    "WinRatio",
    "aalen_johansen",
    "amplification",
    "bias_curve",
    "bias_factor",
    "binary_confounder",
    "bounding_factor",
    "calibrate",
    "censoring_weights",
    "compare",
    "covariate_strength",
    "cut_at",
    "deaths_recorded",
    "draw_keys",
    "draw_pseudo_treated",
    "e_value",
    "fine_gray",
    "fit_mmrm",
    "fit_null",
    "fit_weighted_cox",
    "follow_up",
    "give_verdict",
    "gray_test",
    "imputations",
    "is_in_pool",
    "is_late_death",
    "joint_rank",
    "matched_win_ratio",
    "mean_that_moves_the_limit",
    "n_pseudo_treated",
    "nelson_aalen",
    "normal_prior",
    "observed_over_expected",
    "outcome_of_amounts",
    "outcome_of_intervals",
    "plan_imputation",
    "pool",
    "prevalence_ratio",
    "random_stream",
    "rank",
    "reading",
    "reverse_median",
    "reverse_medians",
    "risk_ratio",
    "rosenbaum_bounds",
    "rule_id",
    "rules_disagree",
    "share_lost",
    "times_as_strong",
    "tipping_point",
    "truncate",
    "uncensored_before",
    "uniforms",
    "valid_rule",
    "win_ratio",
    "window_note",
]
