"""Conformance rules of ADaM, from a seed, for any ADaM datasets."""

from counterarm.conformance.check import AdamCheck, check_adam
from counterarm.conformance.datasets import AdamError

__all__ = ["AdamCheck", "AdamError", "check_adam"]
