"""How function changes: mixed models, signed ranks, predictors of response.

Arrays in, results out, as R's nlme, nnet and MASS give them; nothing here knows a
protocol.
"""

from counterarm.function.discriminant import Discriminant, discriminate
from counterarm.function.mixed_model import MixedModel, fit_mixed_model
from counterarm.function.separation import is_separated
from counterarm.function.signed_rank import SignedRank, signed_rank_tests

__all__ = [
    "Discriminant",
    "MixedModel",
    "SignedRank",
    "discriminate",
    "fit_mixed_model",
    "is_separated",
    "signed_rank_tests",
]
