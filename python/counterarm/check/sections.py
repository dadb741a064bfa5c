"""The sections of a check: the rows of a query are findings and lines of text.

A query names its columns as `Finding` does (source, file, column, value, reason, rows,
lines); other columns stand beside them. The text is laid out from the findings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from counterarm.findings import CRITICAL, NOTE, WARNING, Finding
from counterarm.warehouse.query import records, table_text

# Of PRO-ACT, whose junk is known, only so many kinds of values are shown as text.
KINDS_SHOWN = 20
LINES_SHOWN = 5
TEXT_SHOWN = 200
DEFECT = "report this as a defect of counterarm"
# What a finding has a place for; rows are its count.
FINDING_COLUMNS = {"source", "file", "column", "value", "reason", "lines", "rows"}


@dataclass(frozen=True)
class Section:
    """A kind of finding: its title in the text, its query, and what to do about it."""

    kind: str
    title: str
    query: str
    severity: str
    remedy: str

    def findings(self, connection: duckdb.DuckDBPyConnection) -> list[Finding]:
        """Return a finding for each row of the query."""
        return [self.finding(row) for row in records(connection, self.query)]

    def finding(self, row: dict) -> Finding:
        """Return one row as a finding; columns of no finding stand in `more`."""
        value = row.get("value")
        return Finding(
            kind=self.kind,
            severity=self.severity,
            source=row.get("source"),
            file=row.get("file"),
            lines=row.get("lines") or [],
            column=row.get("column"),
            value=None if value is None else str(value),
            reason=row.get("reason") or row.get("note") or self.title,
            remedy=self.remedy,
            count=row.get("rows") or 1,
            more={k: v for k, v in row.items() if k not in FINDING_COLUMNS},
        )

    def text(self, findings: Sequence[Finding]) -> str:
        """Lay the findings of this kind out; of PRO-ACT's only the first."""
        own = [one for one in findings if one.kind == self.kind]
        if not own:
            return f"{self.title}: none"
        proact = [one for one in own if one.source == "proact"]
        hidden = {id(one) for one in proact[KINDS_SHOWN:]}
        shown = [one for one in own if id(one) not in hidden]
        return findings_text(self.title, shown) + (
            f"\n... and {len(hidden)} more kinds of PRO-ACT" if hidden else ""
        )


def findings_text(title: str, findings: Sequence[Finding]) -> str:
    """Lay findings out in a table, without the columns that none of them fills."""
    rows = [text_row(one) for one in findings]
    columns = [
        name for name in rows[0] if any(row[name] not in (None, "") for row in rows)
    ]
    return f"{title}:\n" + table_text(
        columns, [[row[name] for name in columns] for row in rows]
    )


def text_row(finding: Finding) -> dict[str, object]:
    """Return the cells of a finding in the text, by heading."""
    more = dict(finding.more)
    # a note equal to the reason is shown once
    more = {name: value for name, value in more.items() if value != finding.reason}
    # what to do is the same for a whole section, but for these
    has_remedy = finding.kind in ("protocol", "date_format")
    is_single = finding.kind in ("protocol", "unused_file") or finding.severity == NOTE
    return {
        "source": finding.source,
        "file": finding.file,
        "column": finding.column,
        **{name: cut(value) for name, value in more.items()},
        "value": cut(finding.value),
        "reason": finding.reason,
        "rows": None if is_single else finding.count,
        "lines": shortened(finding.lines),
        "what to do": finding.remedy if has_remedy else None,
    }


def cut(value: object) -> object:
    """Cut a long text."""
    if isinstance(value, str) and len(value) > TEXT_SHOWN:
        return value[:TEXT_SHOWN] + " ..."
    return value


def shortened(lines: Sequence[int]) -> str:
    """Write the first line numbers."""
    rest = ", ..." if len(lines) > LINES_SHOWN else ""
    return ", ".join(map(str, lines[:LINES_SHOWN])) + rest


def delivery_findings(
    connection: duckdb.DuckDBPyConnection, sections: Sequence[Section]
) -> list[Finding]:
    """Return what was found in the delivery, section by section."""
    return [one for section in sections for one in section.findings(connection)]


def delivery_text(
    files: list[dict], findings: Sequence[Finding], sections: Sequence[Section]
) -> str:
    """Return the files with their rows, and each section, as text."""
    parts = ["files: none"]
    if files:
        table = table_text(list(files[0]), [list(row.values()) for row in files])
        parts = [f"files:\n{table}"]
    return "\n\n".join([*parts, *(section.text(findings) for section in sections)])


def gate_findings(gate: list[dict]) -> list[Finding]:
    """Return a finding for each expectation of the gate that is not met."""
    return [
        Finding(
            kind="expectation",
            severity=CRITICAL if row["state"] == "failed" else WARNING,
            source="gate",
            column=row["column_name"],
            reason=f"{row['expectation']}: {row.get('finding') or row['message']}",
            remedy=row.get("do") or "open the page of the gate",
            count=row["unexpected_count"] or 1,
            more={
                "table": row.get("table"),
                "expectation": row["expectation"],
                "because": row.get("because"),
            },
        )
        for row in gate
        if row["state"] in ("failed", "warning")
    ]


def gate_text(gate: list[dict]) -> str:
    """Say how many expectations are met, and each that is not."""
    met = sum(row["success"] for row in gate)
    lines = [f"gate on the delivery: {met} of {len(gate)} expectations met"]
    for state in ("failed", "warning"):
        lines += [
            f"  {state}: {row['message']}" for row in gate if row["state"] == state
        ]
    return "\n".join(lines)
