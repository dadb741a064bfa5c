"""The DuckDB query that reads one CSV in place, every column as text."""

from collections.abc import Sequence
from pathlib import Path

# A line may have more fields than headings; a line with more than this many beyond
# them stops the read with DuckDB's own message.
SPARE_FIELDS = 12
# Unit separator: joins a row's fields into one text in which no comma can mislead.
SEPARATOR = "chr(31)"


def sql_text(value: str) -> str:
    """Quote a text for SQL."""
    return "'" + value.replace("'", "''") + "'"


def read_csv_sql(path: Path, n_headings: int, delimiter: str = ",") -> str:
    """Return the call that reads a CSV after its heading: f0, f1, ..., spare0, ...

    The heading is skipped and the fields are named by us, because DuckDB's own
    sniffing turns a file with uneven lines into one single column.
    """
    names = [f"f{i}" for i in range(n_headings)]
    names += [f"spare{i}" for i in range(SPARE_FIELDS)]
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    compression = "gzip" if path.suffix.lower() == ".gz" else "none"
    return (
        f"read_csv({sql_text(str(path))}, auto_detect = false, header = false, "
        f"skip = 1, delim = {sql_text(delimiter)}, quote = '\"', escape = '\"', "
        "null_padding = true, parallel = false, nullstr = '\\0', "
        f"compression = '{compression}', columns = {{{types}}})"
    )


def reader_sql(
    source: str,
    path: Path,
    headings: Sequence[str],
    columns: Sequence[str],
    file_name: str | None = None,
    is_numbered: bool = False,
    is_normal: bool = False,
) -> str:
    """Return a query with one row per line of the file after its heading.

    `headings` are the file's, in its order and in lower case; `columns` the table's.
    Columns of the query: source, file_name, row_number (1 is the line after the
    heading), row_text (all fields, joined), field_problem (null, or why the line does
    not fit the headings), then `columns`, null where the file does not have them.

    An empty field stays an empty text and a field that is not there is null: that is
    how a line that is too short is told from one that ends in empty fields. A copy of
    a sheet `is_numbered`: a last column holds each row's number in the sheet. With
    `is_normal` a letter and its accent are one character in every value.
    """
    fields = [f"f{i}" for i in range(len(headings))]
    spare = [f"spare{i}" for i in range(SPARE_FIELDS)]
    value = "nfc_normalize(f{})" if is_normal else "f{}"
    selected = ",\n        ".join(
        f"{value.format(headings.index(column))} as {column}"
        if column in headings
        else f"cast(null as varchar) as {column}"
        for column in columns
    )
    joined = ", ".join((*fields, *spare))
    return f"""
    select
        {sql_text(source)} as source,
        {sql_text(file_name or path.name)} as file_name,
        {number_sql(len(headings), is_numbered)} as row_number,
        concat_ws({SEPARATOR}, {joined}) as row_text,
        case
            when {fields[-1]} is null then 'fewer fields than headings'
            when {spare[0]} is not null then 'more fields than headings'
        end as field_problem,
        {selected}
    from {read_csv_sql(path, len(headings) + is_numbered)}
    """


def number_sql(n_headings: int, is_numbered: bool) -> str:
    """Return the number of a line: 1 is the one after the first line of the file."""
    if is_numbered:
        return f"cast(f{n_headings} as bigint) - 1"
    return "row_number() over ()"


def empty_reader_sql(source: str, columns: Sequence[str]) -> str:
    """Return the query of a table that was not delivered: `reader_sql` with no row."""
    selected = ",\n        ".join(
        f"cast(null as varchar) as {column}" for column in columns
    )
    return f"""
    select
        {sql_text(source)} as source,
        cast(null as varchar) as file_name,
        cast(null as bigint) as row_number,
        cast(null as varchar) as row_text,
        cast(null as varchar) as field_problem,
        {selected}
    where false
    """
