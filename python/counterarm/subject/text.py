"""Lay the path of a subject out as text."""

from collections.abc import Sequence

from counterarm.subject.path import AnalysisPath, SubjectPath
from counterarm.warehouse.query import table_text


def path_text(path: SubjectPath, detailed: Sequence[str] | None = None) -> str:
    """Lay a path out as text.

    `detailed` names the analyses that are shown step by step; None shows those that
    are based on no other and of which the subject is a candidate.
    """
    who = path.subject
    blocks = [
        "\n".join(
            [
                path.usubjid,
                f"  study {who['studyid']}, arm {who['armcd'] or 'not known'}; "
                f"sex {who['sex']}, age {shown(who.get('aage', who['age']))}, onset "
                f"{shown(who['onsetsit'])}, riluzole {shown(who['riluzfl'])}, "
                f"vital status {shown(who['vitalst'])}",
            ]
        ),
        block("delivered", path.raw_rows),
    ]
    if path.unused:
        blocks.append(block("not used", path.unused))
    if path.flags:
        blocks.append(block("flagged", path.flags))
    blocks.append(block("ALSFRS-R assessments", path.assessments))
    for analysis in path.analyses:
        wanted = (
            analysis.is_main and analysis.arm is not None
            if detailed is None
            else analysis.analysis_id in detailed
        )
        if wanted:
            blocks.append(analysis_text(analysis))
    blocks.append(
        block(
            "every analysis",
            [
                {
                    "analysis_id": analysis.analysis_id,
                    "arm": analysis.arm,
                    "outcome": analysis.verdict,
                }
                for analysis in path.analyses
            ],
        )
    )
    return "\n\n".join(blocks)


def analysis_text(analysis: AnalysisPath) -> str:
    """Lay out one analysis step by step."""
    lines = [f"{analysis.analysis_id}: {analysis.verdict}"]
    if analysis.arm is None:
        return lines[0]
    lines.append(f"  {analysis.arm} arm, index day {shown(analysis.index_day)}")
    for rows in (analysis.steps, analysis.partners, analysis.endpoints):
        if rows:
            lines.append(indented(rows))
    return "\n".join(lines)


def block(title: str, rows: Sequence[dict]) -> str:
    """Return a titled table, or that there is nothing."""
    return f"{title}\n{indented(rows)}" if rows else f"{title}: nothing"


def indented(rows: Sequence[dict]) -> str:
    """Return rows as a table, two spaces in."""
    text = table_text(list(rows[0]), [list(row.values()) for row in rows])
    return "\n".join(f"  {line}" for line in text.splitlines())


def shown(value: object) -> str:
    """Write a value that may be null."""
    if value is None:
        return "not known"
    return f"{value:g}" if isinstance(value, float) else str(value)
