"""Internal controls that borrow from external ones."""

from counterarm.report.reading import Results
from counterarm.report.remarks.remark import Remark
from counterarm.report.sections.section import Section
from counterarm.report.tables import table_of

COLUMNS = {
    "borrowing_id": "Way",
    "method": "Method",
    "model": "Model",
    "endpoint": "Endpoint",
    "a0": "Weight a0",
    "n_internal": "Internal",
    "n_external": "External",
    "events_internal": "Their events",
    "events_borrowed": "Events borrowed",
    "difference_p": "p, external = internal",
    "hazard_ratio": "HR",
    "ci_low": "95% from",
    "ci_high": "to",
    "note": "Note",
}
NO_PROOF = (
    "A test that finds no difference between external and internal controls does not "
    "show that they agree, least of all with few internal controls. The "
    "intervals do not account for bias of the external controls."
)


def borrowing(results: Results, analysis_id: str) -> Section | None:
    """Show the hazard ratio of each way of borrowing beside the others."""
    rows = results.of("borrowed_estimates", analysis_id)
    if rows.empty:
        return None
    studies = sorted(set(rows["sources"].dropna()))
    return Section(
        "borrowing",
        "Borrowing from external controls",
        lead=f"External controls: {'; '.join(studies)}." if studies else "",
        tables=[
            table_of(
                "borrowing",
                "Hazard ratio, treated over internal controls, borrowing from "
                "external controls, each of weight a0.",
                rows.sort_values(["model", "borrowing_id"], kind="stable"),
                COLUMNS,
            )
        ],
        remarks=[Remark(NO_PROOF, caution=True)],
    )
