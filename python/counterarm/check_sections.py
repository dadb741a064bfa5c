"""The sections of a check: a query each, whose rows are findings and lines of text.

A query names its columns as `Finding` does (source, file, column, value, reason, rows,
lines); other columns stand beside them. The text is laid out from the findings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from counterarm.findings import CRITICAL, NOTE, WARNING, Finding
from counterarm.query import records, table_text

# Of PRO-ACT, whose junk is known, only so many kinds of values are shown as text.
KINDS_SHOWN = 20
LINES_SHOWN = 5
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
    # a note that is the reason is said once
    more = {name: value for name, value in more.items() if value != finding.reason}
    is_single = finding.kind in ("protocol", "unused_file") or finding.severity == NOTE
    return {
        "source": finding.source,
        "file": finding.file,
        "column": finding.column,
        **more,
        "value": finding.value,
        "reason": finding.reason,
        "rows": None if is_single else finding.count,
        "lines": shortened(finding.lines),
        "what to do": finding.remedy if finding.kind == "protocol" else None,
    }


def shortened(lines: Sequence[int]) -> str:
    """Write the first line numbers."""
    rest = ", ..." if len(lines) > LINES_SHOWN else ""
    return ", ".join(map(str, lines[:LINES_SHOWN])) + rest


def delivery_findings(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Return what was found in the delivery, section by section."""
    return [one for section in SECTIONS for one in section.findings(connection)]


def delivery_text(files: list[dict], findings: Sequence[Finding]) -> str:
    """Return the files with their rows, and each section, as text."""
    table = table_text(list(files[0]), [list(row.values()) for row in files])
    parts = [f"files:\n{table}" if files else "files: none"]
    return "\n\n".join([*parts, *(section.text(findings) for section in SECTIONS)])


def gate_findings(gate: list[dict]) -> list[Finding]:
    """Return a finding for each expectation of the gate that is not met."""
    return [
        Finding(
            kind="expectation",
            severity=CRITICAL if row["state"] == "failed" else WARNING,
            source="gate",
            column=row["column_name"],
            reason=f"{row['expectation']}: {row.get('finding') or row['message']}",
            remedy=row.get("do") or "see the page of the gate",
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


# The line of a file as an editor counts it: its heading is line 1. SDTM has records.
LINES = """list(
            row_number + case layout when 'sdtm' then 0 else 1 end order by row_number
        ) as lines"""
LAYOUTS = """left join (
        select distinct source, file_name, layout from staging.delivered_files
    ) using (source, file_name)"""
FILES = """
    select
        rows.source,
        rows.file_name as file,
        files.layout,
        rows.table_name as "table",
        lines.n_lines as lines,
        lines.n_unread as unread,
        rows.n_raw as rows,
        rows.n_kept as kept,
        rows.n_duplicate as duplicate,
        rows.n_rejected as rejected
    from quality.row_accounting as rows
    inner join quality.file_accounting as lines using (source, file_name)
    inner join staging.delivered_files as files using (source, file_name, table_name)
    order by rows.source <> 'proact', rows.source, rows.file_name, rows.table_name
"""
UNUSED = """
    select source, file_name as file, note
    from staging.delivered_files
    where table_name is null
    order by source, file_name
"""
REJECTED_ROWS = f"""
    select
        source, file_name as file, reason, count(*) as rows,
        {LINES}
    from staging.rejected_rows
    {LAYOUTS}
    group by source, file_name, reason
    order by source, file_name, reason
"""
REJECTED_VALUES = f"""
    select
        source, file_name as file, table_name || '.' || column_name as "column",
        raw_value as value, reason, count(*) as rows,
        {LINES}
    from staging.rejected_values
    {LAYOUTS}
    group by source, file_name, table_name, column_name, raw_value, reason
    order by source, file_name, table_name, column_name, rows desc, raw_value, reason
"""
UNMAPPED = f"""
    select
        source, file_name as file,
        coalesce(site_column, column_name) as "column",
        table_name || '.' || column_name as "fills",
        raw_value as value, reason, count(*) as rows,
        {LINES}
    from quality.unmapped_site_values
    {LAYOUTS}
    group by source, file_name, site_column, table_name, column_name, raw_value, reason
    order by source, file_name, table_name, column_name, raw_value
"""
UNMAPPED_TERMS = """
    select
        source, table_name || '.' || column_name as "column", raw_term as value,
        codelist, n_rows as rows
    from quality.unmapped_terms
    where source = 'proact'
    order by table_name, column_name, n_rows desc, raw_term
"""
SECTIONS = [
    Section(
        "unused_file",
        "delivered, and no table of its own",
        UNUSED,
        WARNING,
        "map it in seeds/mappings/site_files.csv and site_columns.csv, or leave it out",
    ),
    Section(
        "rejected_rows",
        "rejected rows",
        REJECTED_ROWS,
        WARNING,
        "correct these lines at their source, or accept that they are not read",
    ),
    Section(
        "rejected_values",
        "rejected values",
        REJECTED_VALUES,
        WARNING,
        "correct the values, or say in seeds/mappings/ how they are written",
    ),
    Section(
        "unmapped_values",
        "values without a meaning",
        UNMAPPED,
        CRITICAL,
        "say what the value means with a row in seeds/mappings/site_codes.csv",
    ),
    Section(
        "unmapped_terms",
        "terms of PRO-ACT that no codelist knows",
        UNMAPPED_TERMS,
        WARNING,
        "add the term to seeds/codelists/raw_terms.csv",
    ),
]
