"""The query that reads a site's own file as rows of a template table."""

from collections.abc import Mapping, Sequence

from counterarm.intake.csv_file import CsvFile
from counterarm.intake.forms import Condition
from counterarm.intake.mapped_column import CHECKED, Column, box, listed, place_of, text
from counterarm.intake.mapping import FileForm, Record
from counterarm.intake.reader import records_sql
from counterarm.sql_words import sql_text

NO_PROBLEM = (
    "struct(column_name varchar, raw_value varchar, reason varchar, "
    "site_column varchar, is_unmapped boolean)[]"
)


def mapped_reader_sql(
    source: str,
    file: CsvFile,
    form: FileForm,
    record: Record,
    codes: Mapping[str, Mapping[str, str | None]],
    columns: Mapping[str, str],
    first_row: int,
    takes_broken_lines: bool,
) -> str:
    """Return a query with one row per line that the record takes.

    Columns: those of `reader_sql`, and value_problems: values that are not in
    site_codes.csv or do not have the file's form, each with column_name, raw_value,
    reason, site_column and is_unmapped, and null in their column.
    `row_number` is that of the file plus `first_row`, which keeps it
    unique where several files or records fill one table. `columns` are the table's with
    their types, `codes` the site's by column. A line that does not fit the headings
    belongs to the record that `takes_broken_lines`, whatever its filter.
    """
    headings = file.headings
    made = [
        Column(name, kind, record, headings, form, codes.get(name))
        for name, kind in columns.items()
    ]
    filled = [column for column in made if column.parts]
    raw = "".join(f",\n            {c.raw} as {c.name}" for c in filled)
    values = ",\n        ".join(f"{column.value} as {column.name}" for column in made)
    problems = [problem for column in filled for problem in column.problems]
    separator = ",\n            "
    problem_list = (
        f"list_filter([\n            {separator.join(problems)}\n        ], "
        "lambda problem: problem is not null)"
        if problems
        else "[]"
    )
    broken = "field_problem is not null" if takes_broken_lines else "false"
    return f"""
    with lines as (
        {records_sql(file)}
    ),
    taken as (
        select
            row_number, line_number, row_text, field_problem,
            {_fields(headings)}{raw}
        from lines
        where ({broken})
            or (field_problem is null and ({takes(record, headings, form)}))
    )
    select
        {sql_text(source)} as source,
        {sql_text(file.name)} as file_name,
        cast(row_number + {first_row} as bigint) as row_number,
        line_number,
        row_text,
        field_problem,
        {values},
        cast({problem_list} as {NO_PROBLEM}) as value_problems
    from taken
    """


def lines_read_sql(
    source: str,
    file: CsvFile,
    form: FileForm,
    records: Sequence[Record],
) -> str:
    """Return a query with one row per line, and whether any of the records takes it."""
    taken = " or ".join(f"({takes(record, file.headings, form)})" for record in records)
    return f"""
    select
        {sql_text(source)} as source,
        {sql_text(file.name)} as file_name,
        line_number,
        coalesce(field_problem is not null or {taken}, false) as is_read
    from ({records_sql(file)})
    """


def takes(record: Record, headings: Sequence[str], form: FileForm) -> str:
    """Return the condition under which a record takes a line.

    The filter alone decides where there is one. Without it, a line that fills no
    column of the record but the subject gives no row: a list of deaths in a file of
    all subjects must not make everybody dead.
    """
    if record.takes_all:
        return "true"
    if record.conditions:
        return " and ".join(_condition(one, headings) for one in record.conditions)
    own = [
        part
        for part in record.parts
        if part.site_column and part.column_name != "subject_id"
    ]
    if not own:
        return "true"
    return " or ".join(
        f"{box(part, headings)} in {listed(CHECKED)}"
        if part.checkbox_level
        else f"{text(place_of(part, headings), form)} is not null"
        for part in own
    )


def _fields(headings: Sequence[str]) -> str:
    return ", ".join(f"f{i}" for i in range(len(headings)))


def _condition(condition: Condition, headings: Sequence[str]) -> str:
    field = f"lower(trim(coalesce(f{headings.index(condition.column)}, '')))"
    word = "in" if condition.is_wanted else "not in"
    return f"{field} {word} {listed(condition.values)}"
