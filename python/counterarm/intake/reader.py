"""The query that reads one delivered file, every column as text."""

from collections.abc import Sequence

from counterarm.intake.csv_file import CsvFile
from counterarm.intake.records import FEWER
from counterarm.sql_words import sql_path, sql_text

# Unit separator: joins a row's fields into one text in which no comma can mislead.
SEPARATOR = "chr(31)"
REPEATED = "repeats the headings"


def records_sql(file: CsvFile) -> str:
    """Return a query with one row per record of a file.

    Columns: row_number (1 is the first record after the heading), line_number (the
    line it begins in, as an editor counts: the heading is line 1; of a sheet its row),
    row_text (all fields, joined; of an odd line the line itself), field_problem (null,
    or why the record cannot be used) and f0, f1, ..., one for each heading, in which a
    letter and its accent are one character, however the file has them.

    An empty field stays an empty text and a field that is not there is null: that is
    how a line that is too short is told from one that ends in empty fields.
    """
    fields = [f"f{i}" for i in range(len(file.headings))]
    joined = ", ".join(fields)
    values = ", ".join(f"nfc_normalize({field}) as {field}" for field in fields)
    repeats = " and ".join(
        f"lower(trim({field})) = {sql_text(heading.strip().lower())}"
        for field, heading in zip(fields, file.heading.written, strict=True)
    )
    if file.copy is not None:
        return f"""
        select
            row_number,
            line_number,
            concat_ws({SEPARATOR}, {joined}, rest) as row_text,
            case
                when problem is not null then problem
                when {repeats} then {sql_text(REPEATED)}
            end as field_problem,
            {values}
        from read_parquet({sql_path(file.copy)}, hive_partitioning = false)
    """
    return f"""
        select
            row_number() over () as row_number,
            row_number() over () + {file.counts.n_heading} as line_number,
            concat_ws({SEPARATOR}, {joined}) as row_text,
            case
                when {fields[-1]} is null then {sql_text(FEWER)}
                when {repeats} then {sql_text(REPEATED)}
            end as field_problem,
            {values}
        from {read_csv_sql(file)}
    """


def read_csv_sql(file: CsvFile) -> str:
    """Return the call that reads a plain CSV after its heading: f0, f1, ...

    The heading is skipped and the fields are named by us, because DuckDB's own
    sniffing turns a file with uneven lines into one single column. What stands for
    null is a character that no plain file holds.
    """
    types = ", ".join(f"'f{i}': 'VARCHAR'" for i in range(len(file.headings)))
    compression = "gzip" if file.path.suffix.lower() == ".gz" else "none"
    return (
        f"read_csv({sql_path(file.path)}, auto_detect = false, header = false, "
        f"skip = {file.counts.n_heading}, delim = {sql_text(file.delimiter)}, "
        "quote = '\"', escape = '\"', null_padding = true, parallel = false, "
        f"nullstr = '\x1f', compression = '{compression}', hive_partitioning = false, "
        f"columns = {{{types}}})"
    )


def reader_sql(source: str, file: CsvFile, columns: Sequence[str]) -> str:
    """Return a query with one row per record of a file that holds a table.

    `columns` are the table's. Columns of the query: source, file_name, row_number,
    line_number, row_text and field_problem as in `records_sql`, then `columns`, null
    where the file does not have them.
    """
    selected = ",\n        ".join(
        f"f{file.headings.index(column)} as {column}"
        if column in file.headings
        else f"cast(null as varchar) as {column}"
        for column in columns
    )
    return f"""
    select
        {sql_text(source)} as source,
        {sql_text(file.name)} as file_name,
        row_number,
        line_number,
        row_text,
        field_problem,
        {selected}
    from ({records_sql(file)})
    """


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
        cast(null as bigint) as line_number,
        cast(null as varchar) as row_text,
        cast(null as varchar) as field_problem,
        {selected}
    where false
    """
