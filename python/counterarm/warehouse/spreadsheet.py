"""Cells that a spreadsheet would run as a formula, written so that it shows them."""

from collections.abc import Sequence

from counterarm.sql_words import sql_name

# What a formula begins with in Excel, LibreOffice and Google Sheets; they skip a tab or
# a line end before it.
STARTS = r"^[=+\-@\t\r\n]"
NUMBER = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$"


def shown_as_text(columns: Sequence[tuple[str, str]]) -> str:
    """Return the select list of SQL that gives such cells a leading apostrophe.

    `columns` are name and type in DuckDB. Only text changes, and no text that is a
    number, as -1.5.
    """
    return ", ".join(
        f"case when regexp_matches({name}, '{STARTS}') "
        f"and not regexp_matches({name}, '{NUMBER}') "
        f"then '''' || {name} else {name} end as {name}"
        if kind == "VARCHAR"
        else name
        for name, kind in ((sql_name(name), kind) for name, kind in columns)
    )
