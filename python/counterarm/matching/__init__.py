"""Matching treated subjects to controls: scores, pairs, weights, balance.

Arguments are arrays, or names of columns of a DataFrame given as `data`. Which subjects
may be matched, and in what order they stand, is decided by the caller: ties go to the
first in that order, unless MatchIt 4.7's are asked for.
"""

from counterarm.design import design_matrix
from counterarm.matching._calipers import caliper_width
from counterarm.matching.balance import Balance, balance
from counterarm.matching.balance_table import BalanceTable, balance_table
from counterarm.matching.balancing import energy_weights, entropy_weights
from counterarm.matching.coarsening import coarsened_strata, cut
from counterarm.matching.full import FullMatches, match_full
from counterarm.matching.matches import Matches, matching_weights
from counterarm.matching.metric import scaled_covariates
from counterarm.matching.nearest import match_nearest
from counterarm.matching.optimal import (
    CandidatePairs,
    candidate_pairs,
    match_greedy,
    match_optimal,
)
from counterarm.matching.propensity import (
    NoScoreError,
    PropensityScore,
    fit_propensity_score,
)
from counterarm.matching.sample_sizes import SampleSizes, sample_sizes
from counterarm.matching.subclasses import match_subclass
from counterarm.matching.support import outside_support
from counterarm.matching.weights import (
    NoWeightsError,
    effective_sample_size,
    score_weights,
    set_weights,
)

__all__ = [
    "Balance",
    "BalanceTable",
    "CandidatePairs",
    "FullMatches",
    "Matches",
    "NoScoreError",
    "NoWeightsError",
    "PropensityScore",
    "SampleSizes",
    "balance",
    "balance_table",
    "caliper_width",
    "candidate_pairs",
    "coarsened_strata",
    "cut",
    "design_matrix",
    "effective_sample_size",
    "energy_weights",
    "entropy_weights",
    "fit_propensity_score",
    "match_full",
    "match_greedy",
    "match_nearest",
    "match_optimal",
    "match_subclass",
    "matching_weights",
    "outside_support",
    "sample_sizes",
    "scaled_covariates",
    "score_weights",
    "set_weights",
]
