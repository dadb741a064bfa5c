"""Say of which format a site's dates are that were not read, and where to say so."""

from collections import Counter
from dataclasses import dataclass

import duckdb

from counterarm.findings import WARNING, Finding
from counterarm.intake.drafting.dates import ISO, column_dates, formats_of

KIND, TITLE = "date_format", "dates in another format"

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
# Files of sites with rejected rows, and their columns of dates that no row may lack.
REJECTED = """
    select
        files.source, files.file_name, files.layout, files.table_name,
        columns.column_name, files.reader, files.lines_reader is not null
    from staging.delivered_files as files
    inner join seeds.raw_columns as columns
        on columns.source_kind = files.source_kind
        and columns.table_name = files.table_name
    where files.source_kind = 'site' and files.is_delivered
        and files.layout <> 'sdtm'
        and columns.data_type = 'date' and columns.value_is_required
        and exists (
            from staging.rejected_rows as rejected
            where rejected.source = files.source
                and rejected.file_name = files.file_name
        )
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
    def findings(self) -> list[Finding]:
        """What they look like and which setting reads them; none where none does."""
        found = []
        n_numbers = sum(map(is_excel_number, self.raw_values))
        if n_numbers:
            found.append(
                self.finding(
                    n_numbers,
                    "Excel's numbers of days",
                    "format the column as a date in Excel, or deliver the workbook "
                    "itself",
                )
            )
        shapes = Counter(formats_of(value.strip()) for value in self.raw_values)
        del shapes[()]
        dates = column_dates(shapes)
        # what is of the template's form and was not read is no format but a slip
        if dates is None or dates.parts == (ISO,):
            return found
        reason = f"look like {dates.written()}"
        if dates.is_ambiguous or dates.is_mixed:
            reason += " (day and month are ambiguous; ask the site)"
        setting = self.setting(dates.written())
        return [*found, self.finding(shapes.total(), reason, setting)]

    def finding(self, count: int, reason: str, remedy: str) -> Finding:
        """Return the advice on some of the values."""
        return Finding(
            kind=KIND,
            severity=WARNING,
            source=self.source,
            file=self.file_name,
            column=self.column_name,
            reason=reason,
            remedy=remedy,
            count=count,
        )

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


def date_findings(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Return a finding for each column of dates that a setting would read."""
    found = []
    for source, file, layout, table, column, values in found_values(connection):
        (n_read,) = connection.execute(
            f'select count("{column}") from staging."stg_site__{table}" '
            "where source = ? and file_name = ?",
            [source, file],
        ).fetchone()
        dates = RejectedDates(source, file, layout, column, values, n_read > 0)
        found += dates.findings
    return found


def found_values(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    """Return the values that are no dates: of kept rows, and of rows without one.

    Source, file, layout, table, column and a list of raw values. A row is rejected
    where its day is required; what stood there is read from the file again.
    """
    found = connection.execute(VALUES).fetchall()
    rejected = connection.execute(REJECTED).fetchall()
    for *place, reader, is_mapped in rejected:
        _, _, _, table, column = place
        problem = (
            "list_filter(delivered.value_problems, lambda one: one.column_name = "
            f"'{column}')[1].raw_value"
        )
        text = f'delivered."{column}"'
        raw = f"coalesce({problem}, {text})" if is_mapped else text
        values = connection.execute(
            f"""
            select trim({raw}) from ({reader}) as delivered
            inner join staging."stg_site__{table}" as staged
                using (source, file_name, row_number)
            where staged.row_status = 'rejected' and staged."{column}" is null
                and trim({raw}) <> ''
            """
        ).fetchall()
        if values:
            found.append((*place, [value for (value,) in values]))
    return found
