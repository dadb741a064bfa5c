"""Which rows of the delivered files are a subject's, and what of them is unused."""

from collections.abc import Sequence
from itertools import groupby

import duckdb

from counterarm.warehouse.query import records


def raw_lines(
    connection: duckdb.DuckDBPyConnection, usubjid: str
) -> tuple[list[dict], list[dict]]:
    """Return which rows of which files are the subject's, and what of them is unused.

    Rows are numbered as an editor numbers lines: the heading is line 1.
    """
    study, subject_id = connection.execute(
        "select studyid, subjid from sdtm.dm where usubjid = ?", [usubjid]
    ).fetchone()
    tables = connection.execute(
        "select table_name from duckdb_tables() "
        "where schema_name = 'staging' and starts_with(table_name, 'stg_') "
        "order by table_name"
    ).fetchall()
    lines = []
    for (table,) in tables:
        lines += records(
            connection,
            f"select '{table}' as table_name, source, file_name, "
            f"line_number, row_status, row_reason from staging.{table} "
            "where upper(source) = ? and subject_id = ? "
            "order by file_name, line_number",
            study,
            subject_id,
        )
    raw_rows = []
    for (table, file_name), own in groupby(
        lines, key=lambda line: (line["table_name"], line["file_name"])
    ):
        rows = list(own)
        raw_rows.append(
            {
                "table_name": f"staging.{table}",
                "file_name": file_name,
                "n_rows": len(rows),
                "rows": ranges([row["line_number"] for row in rows]),
            }
        )
    unused = [
        {
            "file_name": line["file_name"],
            "row": line["line_number"],
            "what": line["row_status"],
            "reason": line["row_reason"],
        }
        for line in lines
        if line["row_status"] != "kept"
    ]
    by_place = {
        (line["source"], line["file_name"], line["line_number"]) for line in lines
    }
    unused += [
        {
            "file_name": value["file_name"],
            "row": value["line_number"],
            "what": f"{value['column_name']} {value['raw_value']!r}",
            "reason": value["reason"],
        }
        for value in records(
            connection,
            "select * from staging.rejected_values where upper(source) = ? "
            "order by file_name, line_number, column_name",
            study,
        )
        if (value["source"], value["file_name"], value["line_number"]) in by_place
    ]
    return raw_rows, unused


def ranges(numbers: Sequence[int]) -> str:
    """Write ascending numbers shortly: 3, 7-9."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)
