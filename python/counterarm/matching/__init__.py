"""Matching treated subjects to controls: scores, pairs, weights, balance.

Functions over arrays; which subjects may be matched, and in what order they stand,
is decided by the caller. The order of subjects (ascending `usubjid`) breaks ties.
"""

from counterarm.matching.balance import Balance, balance
from counterarm.matching.full import FullMatches, match_full
from counterarm.matching.matches import Matches, matching_weights
from counterarm.matching.nearest import caliper_width, match_nearest
from counterarm.matching.optimal import (
    CandidatePairs,
    candidate_pairs,
    match_greedy,
    match_optimal,
)
from counterarm.matching.propensity import (
    NoScoreError,
    PropensityScore,
    design_matrix,
    fit_propensity_score,
)
from counterarm.matching.support import outside_support
from counterarm.matching.weights import (
    effective_sample_size,
    score_weights,
    set_weights,
)

__all__ = [
    "Balance",
    "CandidatePairs",
    "FullMatches",
    "Matches",
    "NoScoreError",
    "PropensityScore",
    "balance",
    "caliper_width",
    "candidate_pairs",
    "design_matrix",
    "effective_sample_size",
    "fit_propensity_score",
    "match_full",
    "match_greedy",
    "match_nearest",
    "match_optimal",
    "matching_weights",
    "outside_support",
    "score_weights",
    "set_weights",
]
