"""Say of which format a site's dates are that were not read, and where to say so."""

from collections import Counter
from dataclasses import dataclass

import duckdb

from counterarm.drafting.dates import ISO, column_dates, formats_of

VALUES = """
    select
        rejected.source,
        rejected.file_name,
        any_value(files.layout) as layout,
        rejected.table_name,
        rejected.column_name,
        list(rejected.raw_value) as raw_values
    from staging.rejected_values as rejected
    inner join seeds.raw_columns as columns
        on columns.source_kind = 'site'
        and columns.table_name = rejected.table_name
        and columns.column_name = rejected.column_name
    left join (
        select distinct source, file_name, layout from staging.delivered_files
    ) as files
        on files.source = rejected.source and files.file_name = rejected.file_name
    where columns.data_type = 'date' and rejected.source <> 'proact'
    group by
        rejected.source, rejected.file_name, rejected.table_name, rejected.column_name
    order by all
"""
EXCEL_NUMBER = range(20_000, 60_000)


@dataclass(frozen=True)
class RejectedDates:
    """The values of one column that are no dates in the form that was looked for."""

    source: str
    file_name: str
    layout: str | None
    column_name: str
    raw_values: list[str]
    is_read_too: bool

    @property
    def advice(self) -> str | None:
        """What they look like and which setting reads them, None where nothing does."""
        n = len(self.raw_values)
        place = f"{self.source} {self.file_name} {self.column_name}"
        if all(is_excel_number(value) for value in self.raw_values):
            return (
                f"{place}: {n} value(s) are Excel's numbers of days; format the column "
                "as a date in Excel, or deliver the workbook itself"
            )
        shapes = Counter(formats_of(value.strip()) for value in self.raw_values)
        n_others = shapes.pop((), 0)
        dates = column_dates(shapes)
        # what is of the template's form and was not read is no format but a slip
        if dates is None or dates.parts == (ISO,):
            return None
        text = f"{place}: {n - n_others} value(s) look like {dates.written()}"
        if dates.is_ambiguous or dates.is_mixed:
            text += " (day and month cannot be told apart; ask the site)"
        return f"{text}; {self.setting(dates.written())}"

    def setting(self, date_format: str) -> str:
        """Say which row of a seed has dates of a format read."""
        if self.layout == "mapped":
            return (
                f"give the column the date_format {date_format} in "
                "seeds/mappings/site_columns.csv, or its file in site_files.csv"
            )
        wanted = f"{ISO}|{date_format}" if self.is_read_too else date_format
        name = f'"{self.file_name}"' if "," in self.file_name else self.file_name
        return (
            "add to seeds/mappings/site_files.csv the row "
            f"{self.source},{name},,,{wanted},,,"
        )


def is_excel_number(value: str) -> bool:
    """Tell whether a text may be the number that Excel keeps for a day."""
    return value.isascii() and value.isdigit() and int(value) in EXCEL_NUMBER


def date_advice(connection: duckdb.DuckDBPyConnection) -> str:
    """Return a line for each column of dates that a setting would read, or nothing."""
    lines = []
    for source, file, layout, table, column, values in connection.execute(
        VALUES
    ).fetchall():
        (n_read,) = connection.execute(
            f'select count("{column}") from staging."stg_site__{table}" '
            "where source = ? and file_name = ?",
            [source, file],
        ).fetchone()
        found = RejectedDates(source, file, layout, column, values, n_read > 0)
        if found.advice:
            lines.append(f"  {found.advice}")
    return "\n".join(["dates in another format:", *lines]) if lines else ""
