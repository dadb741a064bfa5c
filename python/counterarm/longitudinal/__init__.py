"""How function changes: mixed models, signed ranks, predictors of response.

Arguments are arrays, or names of columns of a DataFrame given as `data`; results are
those of R's nlme, nnet and MASS, print themselves and have `to_frame()`.
"""

from counterarm.longitudinal.discriminant import Discriminant, discriminate
from counterarm.longitudinal.mixed_model import MixedModel, fit_mixed_model
from counterarm.longitudinal.separation import is_separated
from counterarm.longitudinal.signed_rank import (
    SignedRank,
    SignedRanks,
    signed_rank_tests,
)

__all__ = [
    "Discriminant",
    "MixedModel",
    "SignedRank",
    "SignedRanks",
    "discriminate",
    "fit_mixed_model",
    "is_separated",
    "signed_rank_tests",
]
