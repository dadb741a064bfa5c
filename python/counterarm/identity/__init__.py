"""Whether two numbers are one subject's: spellings folded, and who is meant."""

from counterarm.identity.numbers import doubtful_numbers
from counterarm.identity.spelling import difference, folded, visible

__all__ = ["difference", "doubtful_numbers", "folded", "visible"]
