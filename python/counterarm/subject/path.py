"""One subject's path through the published warehouse, from raw lines to endpoint.

It answers "why is this patient not in the analysis?" from the tables alone: what was
delivered, what was read of it, which eligibility step took the subject out, on which
value, and with whom it was compared.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import duckdb

from counterarm.subject.raw import raw_lines
from counterarm.warehouse.query import records

ANY_CASE = "lower(usubjid) = lower($name) or lower(subjid) = lower($name)"


class UnknownSubjectError(LookupError):
    """No subject of that name was delivered."""


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


def find_subject(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """Return the `usubjid` that is meant: itself, or a SUBJID that only one study has.

    Capitals and blanks around it do not matter, where that leaves one subject. Raises
    `UnknownSubjectError` naming those that come near.
    """
    name = name.strip()
    for is_meant in ("usubjid = $name or subjid = $name", ANY_CASE):
        found = [
            usubjid
            for (usubjid,) in connection.execute(
                f"select usubjid from sdtm.dm where {is_meant} "
                "order by usubjid = $name desc, usubjid",
                {"name": name},
            ).fetchall()
        ]
        if found and (found[0] == name or len(found) == 1):
            return found[0]
        if found:
            break
    if found:
        raise UnknownSubjectError(
            f"{name!r} is a subject of {len(found)} studies: name one of "
            + ", ".join(found)
        )
    near = connection.execute(
        "select usubjid from sdtm.dm "
        "order by not contains(lower(usubjid), lower($name)), "
        "least(levenshtein(lower(subjid), lower($name)), "
        "levenshtein(lower(usubjid), lower($name))), usubjid "
        "limit 5",
        {"name": name},
    ).fetchall()
    hint = f"; near it: {', '.join(row[0] for row in near)}" if near else ""
    raise UnknownSubjectError(f"no subject {name!r} was delivered{hint}")


def subject_path(connection: duckdb.DuckDBPyConnection, usubjid: str) -> SubjectPath:
    """Collect the path of a subject of `sdtm.dm`."""
    subject = records(connection, "select * from adam.adsl where usubjid = ?", usubjid)[
        0
    ]
    raw_rows, unused = raw_lines(connection, usubjid)
    return SubjectPath(
        usubjid=usubjid,
        subject=subject,
        raw_rows=raw_rows,
        unused=unused,
        flags=records(
            connection,
            "select flag, handling, n_occurrences from quality.flags "
            "where usubjid = ? order by flag",
            usubjid,
        ),
        assessments=records(
            connection,
            """
            select rel_day, total, bulbar, fine_motor, gross_motor, respiratory,
                ft9_stage, kings_stage, mitos_stage, is_complete, is_used
            from scales.alsfrs_visits
            where usubjid = ?
            order by rel_day nulls last, is_used desc
            """,
            usubjid,
        ),
        analyses=analysis_paths(connection, usubjid, subject),
    )


def analysis_paths(
    connection: duckdb.DuckDBPyConnection, usubjid: str, subject: dict
) -> list[AnalysisPath]:
    """Return the subject's outcome in every analysis."""
    rows = records(
        connection,
        """
        select analyses.analysis_id, analyses.based_on is null as is_main,
            subjects.arm, subjects.index_day, subjects.is_eligible,
            subjects.excluded_at_step, subjects.excluded_by
        from seeds.analyses
        left join cohort.subjects
            on analyses.analysis_id = subjects.analysis_id and subjects.usubjid = ?
        order by analyses.analysis_id
        """,
        usubjid,
    )
    return [analysis_path(connection, usubjid, subject, row) for row in rows]


def analysis_path(
    connection: duckdb.DuckDBPyConnection, usubjid: str, subject: dict, row: dict
) -> AnalysisPath:
    """Follow the subject through one analysis."""
    analysis_id = row["analysis_id"]
    if row["arm"] is None:
        wanted = records(
            connection,
            "select distinct studyid || case armcd when 'ANY' then '' "
            "else ' ' || armcd end as arm from protocol.analysis_arms "
            "where analysis_id = ? order by arm",
            analysis_id,
        )
        asked = " and ".join(arm["arm"] for arm in wanted)
        own = f"{subject['studyid']} {subject['armcd'] or 'without an arm'}"
        return AnalysisPath(
            analysis_id,
            row["is_main"],
            None,
            None,
            f"not a candidate: the analysis selects {asked}, the subject is {own}",
        )
    steps = eligibility_steps(connection, analysis_id, usubjid)
    sets = set_members(connection, analysis_id, usubjid)
    return AnalysisPath(
        analysis_id,
        row["is_main"],
        row["arm"],
        row["index_day"],
        verdict(connection, analysis_id, usubjid, row, steps, sets),
        steps,
        [member for member in sets if member["usubjid"] != usubjid],
        records(
            connection,
            "select endpoint, days, is_event, "
            "coalesce(event_desc, censor_desc) as ended_by "
            "from cohort.endpoints where analysis_id = ? and usubjid = ? "
            "order by endpoint",
            analysis_id,
            usubjid,
        ),
    )


def eligibility_steps(
    connection: duckdb.DuckDBPyConnection, analysis_id: str, usubjid: str
) -> list[dict]:
    """Return every step that applies to the subject, with what was asked and found."""
    return records(
        connection,
        """
        select
            outcomes.step,
            outcomes.label,
            outcomes.outcome,
            string_agg(
                asked.variable || ' ' || asked.operator
                || coalesce(' ' || asked.value, '')
                || ' ('
                || coalesce(
                    printf('%g', try_cast(found.value as double)),
                    found.value,
                    -- of what is no covariate the outcome is the value
                    case
                        when asked.variable <> 'is_event_free_at_entry' then null
                        when outcomes.outcome = 'met' then 'true'
                        when outcomes.outcome = 'not met' then 'false'
                    end,
                    'not known'
                )
                || ')',
                ', ' order by asked.variable, asked.value
            ) as asked_and_found
        from cohort.eligibility_outcomes as outcomes
        inner join protocol.analysis_eligibility as asked
            on outcomes.analysis_id = asked.analysis_id
            and outcomes.step = asked.step
            and asked.arm in (outcomes.arm, 'both')
        left join cohort.covariate_values as found
            on outcomes.analysis_id = found.analysis_id
            and outcomes.usubjid = found.usubjid
            and asked.variable = found.variable
        where outcomes.analysis_id = ? and outcomes.usubjid = ?
        group by outcomes.step, outcomes.label, outcomes.outcome
        order by outcomes.step
        """,
        analysis_id,
        usubjid,
    )


def set_members(
    connection: duckdb.DuckDBPyConnection, analysis_id: str, usubjid: str
) -> list[dict]:
    """Return the members of the subject's sets, its own rows among them."""
    return records(
        connection,
        """
        select members.set_id, members.usubjid, members.arm, members.weight,
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
        where own.analysis_id = ? and own.usubjid = ?
        order by members.set_id, members.arm desc, members.usubjid
        """,
        analysis_id,
        usubjid,
    )


def verdict(
    connection: duckdb.DuckDBPyConnection,
    analysis_id: str,
    usubjid: str,
    row: dict,
    steps: Sequence[dict],
    sets: Sequence[dict],
) -> str:
    """Say in a sentence where the subject's way ended."""
    if not row["is_eligible"]:
        step = next(step for step in steps if step["step"] == row["excluded_at_step"])
        how = "not met" if step["outcome"] == "not met" else "cannot be evaluated"
        return f"excluded at step {step['step']}, {step['label']}: {how}"
    if not sets:
        return "eligible, not matched: " + why_unmatched(
            connection, analysis_id, usubjid
        )
    n_sets = len({member["set_id"] for member in sets})
    partners = [member["usubjid"] for member in sets if member["usubjid"] != usubjid]
    if not partners:
        weight = sets[0]["weight"]
        return f"in the analysis, weight {weight:.4g}, not in a set with others"
    if len(partners) == 1:
        return f"matched with {partners[0]}"
    of_sets = "1 set" if n_sets == 1 else f"{n_sets} sets"
    return f"matched in {of_sets} with {len(partners)} others"


def why_unmatched(
    connection: duckdb.DuckDBPyConnection, analysis_id: str, usubjid: str
) -> str:
    """Return the reason that `matching.unmatched_subjects` gives."""
    found = records(
        connection,
        "select reason from matching.unmatched_subjects "
        "where analysis_id = ? and usubjid = ?",
        analysis_id,
        usubjid,
    )
    return found[0]["reason"] if found else "no reason is recorded"
