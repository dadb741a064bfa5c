"""What the warehouse holds on a subject in each analysis, read once for all of them."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from counterarm.sql_words import sql_text
from counterarm.warehouse.reader import Warehouse

if TYPE_CHECKING:
    from ibis.expr.types import Table

# Of every eligibility step of the subject's arm, a row per condition.
CONDITIONS = """
    select
        outcomes.analysis_id,
        outcomes.step,
        outcomes.label,
        outcomes.outcome,
        asked.variable,
        asked.operator,
        asked.value,
        found.value as found
    from cohort.eligibility_outcomes as outcomes
    inner join protocol.analysis_eligibility as asked
        on outcomes.analysis_id = asked.analysis_id
        and outcomes.step = asked.step
        and asked.arm in (outcomes.arm, 'both')
    left join cohort.covariate_values as found
        on outcomes.analysis_id = found.analysis_id
        and outcomes.usubjid = found.usubjid
        and asked.variable = found.variable
    where outcomes.usubjid = {usubjid}
"""
# The members of the subject's sets, its own rows among them.
MEMBERS = """
    select
        members.analysis_id,
        members.set_id,
        members.usubjid,
        members.arm,
        members.weight,
        pairs.distance
    from matching.matched_subjects as own
    inner join matching.matched_subjects as members
        on own.analysis_id = members.analysis_id and own.set_id = members.set_id
    left join matching.pairs
        on members.analysis_id = pairs.analysis_id
        and (
            (pairs.treated_usubjid = own.usubjid
                and pairs.control_usubjid = members.usubjid)
            or (pairs.control_usubjid = own.usubjid
                and pairs.treated_usubjid = members.usubjid)
        )
    where own.usubjid = {usubjid}
"""


@dataclass(frozen=True)
class AnalysisRows:
    """What an analysis asks, and its rows of one subject.

    `subject` is None where the subject is no candidate of the analysis; `asked_arms`
    are the studies and arms that are. `steps`, `members` and `endpoints` are those of
    `counterarm.subject.path.AnalysisPath`, but that `members` has the subject too.
    """

    analysis_id: str
    is_main: bool
    asked_arms: list[str]
    subject: dict | None
    steps: list[dict]
    members: list[dict]
    endpoints: list[dict]
    unmatched_because: str | None


def read_analyses(warehouse: Warehouse, usubjid: str) -> list[AnalysisRows]:
    """Return the rows of a subject in every analysis, in the order of their names."""
    analyses = warehouse.table("seeds.analyses", "analysis_id", "based_on")
    subjects = {
        row["analysis_id"]: row
        for row in warehouse.records(of_subject(warehouse, "cohort.subjects", usubjid))
    }
    steps = _by_analysis(eligibility_steps(warehouse, usubjid))
    members = _by_analysis(set_members(warehouse, usubjid))
    endpoints = _by_analysis(endpoints_of(warehouse, usubjid))
    because = _by_analysis(
        warehouse.records(of_subject(warehouse, "matching.unmatched_subjects", usubjid))
    )
    arms = asked_arms(warehouse)
    return [
        AnalysisRows(
            analysis_id,
            based_on is None,
            arms[analysis_id],
            subjects.get(analysis_id),
            steps[analysis_id],
            members[analysis_id],
            endpoints[analysis_id],
            because[analysis_id][0]["reason"] if analysis_id in because else None,
        )
        for analysis_id, based_on in warehouse.rows(analyses.order_by("analysis_id"))
    ]


def asked_arms(warehouse: Warehouse) -> dict[str, list[str]]:
    """Return the studies and arms that each analysis selects, in order."""
    arms = warehouse.table(
        "protocol.analysis_arms", "analysis_id", "studyid", "armcd"
    ).distinct()
    named: dict[str, set[str]] = defaultdict(set)
    for analysis_id, studyid, armcd in warehouse.rows(arms):
        named[analysis_id].add(studyid if armcd == "ANY" else f"{studyid} {armcd}")
    return defaultdict(list, {name: sorted(those) for name, those in named.items()})


def eligibility_steps(warehouse: Warehouse, usubjid: str) -> list[dict]:
    """Return every step that applies to the subject, with what was asked and found."""
    conditions = warehouse.sql(CONDITIONS.format(usubjid=sql_text(usubjid)))
    step = ("analysis_id", "step", "label", "outcome")
    rows = warehouse.records(conditions.order_by(*step, "variable", "value"))
    return [
        dict(zip(step, key, strict=True))
        | {"asked_and_found": ", ".join(map(condition_words, of_step))}
        for key, of_step in groupby(rows, lambda row: tuple(row[name] for name in step))
    ]


def condition_words(row: dict) -> str:
    """Write a condition and, in brackets, the value that was found."""
    found = row["found"]
    if found is None and row["variable"] == "is_event_free_at_entry":
        # of what is no covariate the outcome is the value
        found = {"met": "true", "not met": "false"}.get(row["outcome"])
    value = "" if row["value"] is None else f" {row['value']}"
    shown = "not known" if found is None else number_words(found)
    return f"{row['variable']} {row['operator']}{value} ({shown})"


def number_words(text: str) -> str:
    """Write a number to six significant digits, and other text as it is."""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def set_members(warehouse: Warehouse, usubjid: str) -> list[dict]:
    """Return the members of the subject's sets, its own rows among them."""
    members = warehouse.sql(MEMBERS.format(usubjid=sql_text(usubjid)))
    return warehouse.records(
        members.order_by(
            members.analysis_id, members.set_id, members.arm.desc(), members.usubjid
        )
    )


def endpoints_of(warehouse: Warehouse, usubjid: str) -> list[dict]:
    """Return days and events of the subject's endpoints, and what ended each."""
    rows = of_subject(warehouse, "cohort.endpoints", usubjid)
    shown = rows.select(
        "analysis_id",
        "endpoint",
        "days",
        "is_event",
        ended_by=rows.event_desc.coalesce(rows.censor_desc),
    )
    return warehouse.records(shown.order_by("analysis_id", "endpoint"))


def of_subject(warehouse: Warehouse, name: str, usubjid: str, *columns: str) -> "Table":
    """Return the rows of a table that are a subject's, with these columns or all."""
    table = warehouse.table(name)
    rows = table.filter(table.usubjid == usubjid)
    return rows.select(*columns) if columns else rows


def _by_analysis(rows: list[dict]) -> dict[str, list[dict]]:
    """Sort rows by their analysis, whose name they then lack."""
    sorted_rows: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        analysis_id = row.pop("analysis_id")
        sorted_rows[analysis_id].append(row)
    return sorted_rows
