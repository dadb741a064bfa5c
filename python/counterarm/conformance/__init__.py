"""Conformance of ADaM datasets: rules in a seed, run on any ADaM."""

from counterarm.conformance.check import AdamCheck, check_adam
from counterarm.conformance.datasets import AdamError

__all__ = ["AdamCheck", "AdamError", "check_adam"]
