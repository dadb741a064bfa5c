"""Which rows of the delivered files are a subject's, and what of them is unused."""

from collections.abc import Sequence
from itertools import groupby

from counterarm.warehouse.reader import Warehouse

LINE = ("source", "file_name", "line_number", "row_status", "row_reason")


def raw_lines(warehouse: Warehouse, usubjid: str) -> tuple[list[dict], list[dict]]:
    """Return which rows of which files are the subject's, and what of them is unused.

    Rows are numbered as an editor numbers lines: the heading is line 1.
    """
    subjects = warehouse.table("sdtm.dm", "usubjid", "studyid", "subjid")
    of_subject = subjects.filter(subjects.usubjid == usubjid)
    ((_, study, subject_id),) = warehouse.rows(of_subject)
    lines = []
    for staged in warehouse.tables:
        if staged.schema != "staging" or not staged.name.startswith("stg_"):
            continue
        rows = warehouse.table(staged.full_name)
        rows = rows.filter(rows.source.upper() == study, rows.subject_id == subject_id)
        rows = rows.select(*LINE).order_by("file_name", "line_number")
        lines += [
            {"table_name": staged.name, **line} for line in warehouse.records(rows)
        ]
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
    values = warehouse.table("staging.rejected_values")
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
        for value in warehouse.records(
            values.filter(values.source.upper() == study).order_by(
                "file_name", "line_number", "column_name"
            )
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
