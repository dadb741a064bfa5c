"""Check protocol and delivery up to the first gate, and list all that is in the way."""

from counterarm.check.run import (
    FAILED,
    PASSED,
    WARNED,
    CheckReport,
    check_delivery,
)

__all__ = ["FAILED", "PASSED", "WARNED", "CheckReport", "check_delivery"]
