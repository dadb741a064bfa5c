"""How function changes: mixed models, signed ranks, predictors of response.

Arrays in, results out, as R's nlme, nnet and MASS give them; nothing here knows a
protocol.
"""

from counterarm.longitudinal.discriminant import Discriminant, discriminate
from counterarm.longitudinal.mixed_model import MixedModel, fit_mixed_model
from counterarm.longitudinal.separation import is_separated
from counterarm.longitudinal.signed_rank import SignedRank, signed_rank_tests

__all__ = [
    "Discriminant",
    "MixedModel",
    "SignedRank",
    "discriminate",
    "fit_mixed_model",
    "is_separated",
    "signed_rank_tests",
]
