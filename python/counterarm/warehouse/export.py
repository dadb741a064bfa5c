"""Write tables of the warehouse to files that other programs read."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from counterarm.warehouse.query import write_rows
from counterarm.warehouse.reader import Warehouse, ordered

# What an analyst needs of one analysis to check it elsewhere.
COHORT_TABLES = {
    "matched_subjects": "matching.matched_subjects",
    "endpoints": "cohort.endpoints",
    "pairs": "matching.pairs",
    "balance": "matching.balance",
    "attrition": "cohort.attrition",
    "eligibility_outcomes": "cohort.eligibility_outcomes",
    "cox": "analysis.cox",
    "survival_summary": "analysis.survival_summary",
}
# SAS Version 5 transport files: names of 8, labels of 40, text of 200 bytes.
XPT_NAME, XPT_LABEL, XPT_TEXT = 8, 40, 200
SAS_DAY_0 = pd.Timestamp("1960-01-01")


class ExportError(ValueError):
    """A table or format cannot be written."""


def export_cohort(
    warehouse: Warehouse,
    analysis_id: str,
    out: Path,
    form: str,
    *,
    spreadsheet_safe: bool = True,
) -> Iterator[dict]:
    """Write the matched cohort of one analysis, and yield file and n_rows of each.

    The files are those of `COHORT_TABLES`, with columns.csv, which says what each
    column means. With `spreadsheet_safe`, text of a csv that a spreadsheet would run
    as a formula begins with an apostrophe. Raises `ExportError` for an analysis that
    was not built.
    """
    subjects = warehouse.table("cohort.subjects", "analysis_id").distinct()
    known = [name for (name,) in warehouse.rows(subjects.order_by("analysis_id"))]
    if analysis_id not in known:
        raise ExportError(
            f"no analysis {analysis_id!r} in the warehouse; it has {', '.join(known)}"
        )
    if form == "xpt":
        raise ExportError("xpt is for the tables of sdtm and adam: use --schema")
    out.mkdir(parents=True, exist_ok=True)
    for name, table in COHORT_TABLES.items():
        every = warehouse.table(table)
        rows = warehouse.arrow(ordered(every.filter(every.analysis_id == analysis_id)))
        yield write_table(rows, out / f"{name}.{form}", form, spreadsheet_safe)
    yield write_columns(warehouse, list(COHORT_TABLES.values()), out)


def export_schema(
    warehouse: Warehouse,
    schema: str,
    out: Path,
    form: str,
    *,
    suppress_below: int | None = None,
    spreadsheet_safe: bool = True,
) -> Iterator[dict]:
    """Write every table of a schema, and yield file and n_rows of each.

    With `suppress_below` the tables of `results`, which name nobody, are written
    without counts of fewer people; other schemas hold patients' rows, and stay whole.
    `spreadsheet_safe` is that of `export_cohort`.

    Raises `ExportError` for a schema without tables, or for xpt of one whose names
    are not CDISC's.
    """
    tables = [
        table.name
        for table in warehouse.tables
        if table.schema == schema and not table.name.startswith("int_")
    ]
    if not tables:
        raise ExportError(f"there is no schema {schema!r} with tables in the warehouse")
    if form == "xpt" and schema not in ("sdtm", "adam"):
        raise ExportError("xpt is for the schemas sdtm and adam, whose names fit it")
    out.mkdir(parents=True, exist_ok=True)
    if form == "xpt":
        tables = [table for table in tables if is_xpt_table(warehouse, schema, table)]
    for table in tables:
        target = out / f"{table}.{form}"
        if form == "xpt":
            yield write_xpt(warehouse, schema, table, target)
        else:
            rows = warehouse.arrow(warehouse.table(f"{schema}.{table}"))
            if suppress_below and schema == "results":
                from counterarm.report.disclosure.export import without_small_cells

                rows = without_small_cells(warehouse, table, rows, suppress_below)
            yield write_table(rows, target, form, spreadsheet_safe)
    yield write_columns(warehouse, [f"{schema}.{table}" for table in tables], out)


def write_table(rows: object, target: Path, form: str, spreadsheet_safe: bool) -> dict:
    """Write an Arrow table to a file, and return file and n_rows."""
    n_rows = write_rows(rows, target, form, spreadsheet_safe=spreadsheet_safe)
    return {"file": str(target), "n_rows": n_rows}


def write_columns(warehouse: Warehouse, tables: Sequence[str], out: Path) -> dict:
    """Write columns.csv: table, column, type and meaning of everything exported."""
    exported = [
        (f"{column.schema}.{column.table}", column.name, column.type, column.meaning)
        for column in warehouse.columns
        if f"{column.schema}.{column.table}" in tables
    ]
    names = ("table", "column", "type", "meaning")
    texts = zip(*exported, strict=True)
    rows = pa.table(
        {
            name: pa.array(text, pa.string())
            for name, text in zip(names, texts, strict=True)
        }
    )
    return write_table(rows, out / "columns.csv", "csv", spreadsheet_safe=True)


def is_xpt_table(warehouse: Warehouse, schema: str, table: str) -> bool:
    """Tell whether all names of a table fit SAS Version 5; our accounts' do not."""
    names = warehouse.table(f"{schema}.{table}").columns
    return max(len(table), *map(len, names)) <= XPT_NAME


def write_xpt(warehouse: Warehouse, schema: str, table: str, target: Path) -> dict:
    """Write one table as a SAS Version 5 transport file, with its labels.

    Dates are SAS dates: days since 1960 with the format DATE9. The file holds no time
    of writing. Raises `ExportError` where a text is longer than the format holds.
    """
    import pyreadstat  # slow to import, and of use here only

    from counterarm.submission.transport import clear_time_stamps

    frame = warehouse.frame(warehouse.table(f"{schema}.{table}"))
    described = [
        (column.name, column.meaning)
        for column in warehouse.columns
        if (column.schema, column.table) == (schema, table)
    ]
    formats = {}
    for column in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[column]):
            frame[column] = (frame[column] - SAS_DAY_0) / pd.Timedelta(days=1)
            formats[column.upper()] = "DATE9."
        elif not pd.api.types.is_numeric_dtype(frame[column]):
            frame[column] = frame[column].astype("string").fillna("").astype(object)
            refuse_long_texts(f"{schema}.{table}", frame, column)
        else:
            frame[column] = frame[column].astype(float)
    frame.columns = [column.upper() for column in frame.columns]
    known = labels_of(warehouse, "adam_variables", "dataset", table)
    known |= labels_of(warehouse, "sdtm_variables", "domain", table)
    datasets = labels_of(warehouse, "submission_datasets", "dataset", table)
    labels = [label_of(known, name, text) for name, text in described]
    pyreadstat.write_xport(
        frame,
        str(target),
        file_label=datasets.get(table, ""),
        column_labels=labels,
        variable_format=formats,
        table_name=table.upper(),
        file_format_version=5,
    )
    clear_time_stamps(target)
    return {"file": str(target), "n_rows": len(frame)}


def refuse_long_texts(table: str, frame: pd.DataFrame, column: str) -> None:
    """Raise `ExportError` for a text with more bytes than Version 5 holds.

    Bytes count, not characters: a syllable of Hangul has three in UTF-8.
    """
    n_bytes = frame[column].str.encode("utf-8").str.len()
    too_long = n_bytes[n_bytes > XPT_TEXT]
    if too_long.empty:
        return
    row = too_long.index[0]
    who = f" (usubjid {frame.loc[row, 'usubjid']})" if "usubjid" in frame else ""
    raise ExportError(
        f"{table}: row {row + 1}{who}: {column.upper()} has {too_long[row]} bytes "
        f"({len(frame.loc[row, column])} characters), and a transport file of "
        f"Version 5 holds {XPT_TEXT}; {len(too_long)} row(s) are too long. "
        "Shorten them at their source, or export as json, parquet or csv"
    )


def label_of(known: Mapping[str, str], column: str, text: str | None) -> str:
    """Return the standard's label of a variable, else the start of its description."""
    return (
        known[column] if column in known else " ".join((text or "").split())[:XPT_LABEL]
    )


def labels_of(warehouse: Warehouse, seed: str, key: str, table: str) -> dict[str, str]:
    """Return the labels that a seed has of a dataset's variables, or of the dataset.

    Empty where the warehouse has no such seed, as those of older versions.
    """
    if not warehouse.has(f"seeds.{seed}"):
        return {}
    rows = warehouse.table(f"seeds.{seed}")
    of_table = rows.filter(rows[key] == table)
    named = "variable" if "variable" in rows.columns else key
    return dict(warehouse.rows(of_table.select(named, "label")))
