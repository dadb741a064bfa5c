"""Remarks on the quality gates.

No rule says more than its number: each names the number it rests on.
"""

from counterarm.report.reading import Results
from counterarm.report.remarks.remark import Remark
from counterarm.report.words import (
    plural,
)


def of_gates(results: Results) -> list[Remark]:
    """Say how many expectations on the analyses are not met."""
    findings = results.of("gate_findings")
    of_analyses = findings[findings["gate"] == "analyses"]
    failed = int((~of_analyses["success"].astype(bool)).sum())
    if not failed:
        return []
    return [
        Remark(
            f"Not met: {plural(failed, 'expectation')} on the analyses. The table says "
            "why each matters and what to do.",
            True,
        )
    ]
