"""Remarks on the quality gates.

No rule says more than its number: each names the number it rests on.
"""

from counterarm.report.reading import Results
from counterarm.report.remarks.remark import Remark
from counterarm.report.words import inner_words, plural


def of_gates(results: Results) -> list[Remark]:
    """Say with how many warnings each gate passed, and how many are on the analyses."""
    findings = results.of("gate_findings")
    if findings.empty:
        return []
    failed = ~findings["success"].astype(bool)
    by_gate = "; ".join(
        f"{inner_words(gate)} {plural(int(failed[of.index].sum()), 'warning')} in "
        f"{plural(len(of), 'expectation')}"
        for gate, of in findings.groupby("gate", sort=True)
    )
    said = f"with {plural(int(failed.sum()), 'warning')}" if failed.any() else "without"
    remarks = [
        Remark(
            f"Quality gates passed {said}{'' if failed.any() else ' warnings'}: "
            f"{by_gate}."
        )
    ]
    on_analyses = int(failed[findings["gate"] == "analyses"].sum())
    if on_analyses:
        remarks.append(
            Remark(
                f"{plural(on_analyses, 'warning')} on the analyses. The table says why "
                "each matters and what to do.",
                True,
            )
        )
    return remarks
