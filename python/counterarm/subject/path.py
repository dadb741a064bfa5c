"""One subject's path through the published warehouse, from raw lines to endpoint.

It answers "why is this patient not in the analysis?" from the tables alone: what was
delivered, what was read of it, which eligibility step took the subject out, on which
value, and with whom it was compared.
"""

from dataclasses import asdict, dataclass, field

from counterarm.subject.raw import raw_lines
from counterarm.subject.rows import AnalysisRows, of_subject, read_analyses
from counterarm.warehouse.reader import Warehouse

FLAG = ("flag", "handling", "n_occurrences")
ASSESSMENT = (
    *("rel_day", "total", "bulbar", "fine_motor", "gross_motor", "respiratory"),
    *("ft9_stage", "kings_stage", "mitos_stage", "is_complete", "is_used"),
)


@dataclass(frozen=True)
class AnalysisPath:
    """What became of a subject in one analysis.

    `steps` holds, in order, every eligibility step that applies to its arm: step,
    label, outcome, and the conditions with the value that was found. `partners` are the
    other members of its sets, `endpoints` its days and events.
    """

    analysis_id: str
    is_main: bool
    arm: str | None
    index_day: int | None
    verdict: str
    steps: list[dict] = field(default_factory=list)
    partners: list[dict] = field(default_factory=list)
    endpoints: list[dict] = field(default_factory=list)


@dataclass(frozen=True)
class SubjectPath:
    """Everything the warehouse holds on one subject, in the order of the layers."""

    usubjid: str
    subject: dict
    raw_rows: list[dict]
    unused: list[dict]
    flags: list[dict]
    assessments: list[dict]
    analyses: list[AnalysisPath]

    def to_dict(self) -> dict:
        """Return plain lists and dicts, for JSON."""
        return asdict(self)


def subject_path(warehouse: Warehouse, usubjid: str) -> SubjectPath:
    """Collect the path of a subject of `sdtm.dm`."""
    (subject,) = warehouse.records(of_subject(warehouse, "adam.adsl", usubjid))
    raw_rows, unused = raw_lines(warehouse, usubjid)
    flags = of_subject(warehouse, "quality.flags", usubjid, *FLAG)
    visits = of_subject(warehouse, "scales.alsfrs_visits", usubjid, *ASSESSMENT)
    return SubjectPath(
        usubjid=usubjid,
        subject=subject,
        raw_rows=raw_rows,
        unused=unused,
        flags=warehouse.records(flags.order_by("flag")),
        assessments=warehouse.records(
            visits.order_by(visits.rel_day, visits.is_used.desc())
        ),
        analyses=[
            analysis_path(rows, usubjid, subject)
            for rows in read_analyses(warehouse, usubjid)
        ],
    )


def analysis_path(rows: AnalysisRows, usubjid: str, subject: dict) -> AnalysisPath:
    """Follow the subject through one analysis."""
    if rows.subject is None:
        asked = " and ".join(rows.asked_arms)
        own = f"{subject['studyid']} {subject['armcd'] or 'without an arm'}"
        return AnalysisPath(
            rows.analysis_id,
            rows.is_main,
            None,
            None,
            f"not a candidate: the analysis selects {asked}, the subject is {own}",
        )
    return AnalysisPath(
        rows.analysis_id,
        rows.is_main,
        rows.subject["arm"],
        rows.subject["index_day"],
        verdict(rows, usubjid),
        rows.steps,
        [member for member in rows.members if member["usubjid"] != usubjid],
        rows.endpoints,
    )


def verdict(rows: AnalysisRows, usubjid: str) -> str:
    """Say in a sentence where the subject's way ended."""
    subject = rows.subject or {}
    if not subject["is_eligible"]:
        at = subject["excluded_at_step"]
        step = next(step for step in rows.steps if step["step"] == at)
        how = "not met" if step["outcome"] == "not met" else "cannot be evaluated"
        return f"excluded at step {step['step']}, {step['label']}: {how}"
    sets = rows.members
    if not sets:
        why = rows.unmatched_because or "no reason is recorded"
        return f"eligible, not matched: {why}"
    n_sets = len({member["set_id"] for member in sets})
    partners = [member["usubjid"] for member in sets if member["usubjid"] != usubjid]
    if not partners:
        weight = sets[0]["weight"]
        return f"in the analysis, weight {weight:.4g}, not in a set with others"
    if len(partners) == 1:
        return f"matched with {partners[0]}"
    of_sets = "1 set" if n_sets == 1 else f"{n_sets} sets"
    return f"matched in {of_sets} with {len(partners)} others"
