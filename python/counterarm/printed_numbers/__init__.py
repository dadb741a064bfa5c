"""Checks whether the printed numbers of a paper agree with each other.

Relations say which numbers hang together, and how; the checks are in the modules by
subject. Nothing here knows a paper.
"""

from counterarm.printed_numbers.checks import Check, blamed, run_checks
from counterarm.printed_numbers.finding import (
    CANNOT_TELL,
    CONSISTENT,
    CONTRADICTION,
    Finding,
)
from counterarm.printed_numbers.printed import Printed, parse_printed

__all__ = [
    "CANNOT_TELL",
    "CONSISTENT",
    "CONTRADICTION",
    "Check",
    "Finding",
    "Printed",
    "blamed",
    "parse_printed",
    "run_checks",
]
