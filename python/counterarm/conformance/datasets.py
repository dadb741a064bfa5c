"""ADaM and SDTM datasets in one DuckDB connection, with the labels of variables.

Read from a warehouse, or from a folder of XPT, Dataset-JSON, NDJSON, SAS7BDAT or
Parquet files; in a package the folders adam and sdtm are read.

DuckDB is used directly, not through ibis: the rules are in its SQL dialect.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb
import pandas as pd
import pyarrow as pa

SCHEMAS = ("adam", "sdtm")
# Names of datasets; files with other names, such as define.json, are not datasets.
NAME = re.compile(r"(?!define$)[A-Za-z][A-Za-z0-9]{1,7}")
# The first class whose variables a dataset has; ADSL is known by its name.
CLASSES = (
    ("TTE", {"PARAMCD", "CNSR"}),
    ("BDS", {"PARAMCD"}),
    ("OCCDS", {"AETERM"}),
    ("OCCDS", {"CMTRT"}),
    ("OCCDS", {"MHTERM"}),
    ("OCCDS", {"TRTEMFL"}),
)


Rows: TypeAlias = pd.DataFrame | pa.Table


class AdamError(ValueError):
    """There is no ADaM to check."""


@dataclass(frozen=True)
class Described:
    """Label of a dataset, and of its variables by name; None where there is none."""

    label: str | None
    variables: dict[str, str | None]


def open_adam(place: Path) -> tuple[duckdb.DuckDBPyConnection, dict[str, Described]]:
    """Open a warehouse, read-only, or read a folder into memory.

    Returns a connection whose schemas `adam` and `sdtm` hold the datasets, and the
    labels of those of `adam` by name in capitals. Raises `AdamError` naming the place
    where nothing can be checked.
    """
    if place.is_dir():
        return read_folder(place)
    if not place.is_file():
        raise AdamError(
            f"{place}: no such file or folder; name a warehouse or a folder"
        )
    try:
        connection = duckdb.connect(str(place), read_only=True)
    except duckdb.Error as error:
        raise AdamError(
            f"{place}: is neither a DuckDB warehouse nor a folder ({error})"
        ) from None
    described = labels_of_warehouse(connection)
    if not described:
        raise AdamError(f"{place}: has no tables in the schema adam; run a build first")
    return connection, described


def labels_of_warehouse(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, Described]:
    """Return the labels that the seeds of a warehouse give to its ADaM tables."""
    names = connection.execute(
        "select upper(table_name) from duckdb_tables() where schema_name = 'adam' "
        "and starts_with(table_name, 'ad') and length(table_name) <= 8 order by all"
    ).fetchall()
    labels = seed_rows(connection, "adam_variables", "dataset, variable, label")
    of_datasets = dict(seed_rows(connection, "submission_datasets", "dataset, label"))
    return {
        name: Described(
            of_datasets.get(name.lower()),
            {
                variable.upper(): label
                for dataset, variable, label in labels
                if dataset == name.lower()
            },
        )
        for (name,) in names
    }


def seed_rows(
    connection: duckdb.DuckDBPyConnection, seed: str, columns: str
) -> list[tuple]:
    """Return the rows of a seed; none where an older warehouse lacks it."""
    try:
        return connection.execute(f"select {columns} from seeds.{seed}").fetchall()
    except duckdb.CatalogException:
        return []


def read_folder(
    folder: Path,
) -> tuple[duckdb.DuckDBPyConnection, dict[str, Described]]:
    """Read the datasets of a folder, or of the folders adam and sdtm in it."""
    connection = duckdb.connect()
    described: dict[str, Described] = {}
    parts = {name: folder / name for name in SCHEMAS if (folder / name).is_dir()}
    for schema in SCHEMAS:
        connection.execute(f"create schema {schema}")
    for schema, part in (parts or {"adam": folder}).items():
        for file in sorted(part.iterdir()):
            if file.suffix.lower() not in READERS or not NAME.fullmatch(file.stem):
                continue
            name = file.stem.upper()
            frame, about = READERS[file.suffix.lower()](file)
            put(connection, schema, name, frame)
            if schema == "adam":
                described[name] = about
    if not described:
        raise AdamError(
            f"{folder}: holds no dataset of ADaM; "
            f"{', '.join(sorted(READERS))} are read, here or in its folder adam"
        )
    return connection, described


def put(
    connection: duckdb.DuckDBPyConnection, schema: str, name: str, frame: Rows
) -> None:
    """Make a table of a frame; an empty text is no value, as in SAS."""
    connection.register("frame", frame)
    columns = ", ".join(
        f'{read_as(column, kind)} as "{column.upper()}"'
        for column, kind, *_ in connection.execute("describe frame").fetchall()
    )
    connection.execute(f'create table {schema}."{name}" as select {columns} from frame')
    connection.unregister("frame")


def read_as(column: str, kind: str) -> str:
    """Return the SQL that reads a column: texts trimmed, what ends in DT as a date.

    A date without a format is a number of SAS: days since 1960.
    """
    if kind == "VARCHAR":
        return f"nullif(trim(\"{column}\"), '')"
    if not column.upper().endswith("DT") or column.upper() == "DT":
        return f'"{column}"'
    if kind in ("DOUBLE", "FLOAT", "BIGINT", "INTEGER"):
        return f"date '1960-01-01' + cast(\"{column}\" as integer)"
    return f'cast("{column}" as date)'


def read_sas(file: Path) -> tuple[pd.DataFrame, Described]:
    """Read XPT or SAS7BDAT with its labels."""
    import pyreadstat  # slow to import

    is_xpt = file.suffix.lower() == ".xpt"
    read = pyreadstat.read_xport if is_xpt else pyreadstat.read_sas7bdat
    try:
        frame, meta = read(str(file))
    except (pyreadstat.ReadstatError, UnicodeError) as error:
        raise AdamError(f"{file}: cannot be read ({error})") from None
    labels = {
        name.upper(): label or None
        for name, label in meta.column_names_to_labels.items()
    }
    return frame, Described(meta.file_label or None, labels)


def read_parquet(file: Path) -> tuple[Rows, Described]:
    """Read Parquet whose fields carry a label in their metadata, as R writes them."""
    import pyarrow.parquet as pq

    table = pq.read_table(file)
    labels = {
        field.name.upper(): text_of((field.metadata or {}).get(b"label"))
        for field in table.schema
    }
    of_file = text_of((table.schema.metadata or {}).get(b"label"))
    # as an Arrow table: in a data frame an empty text column would lose its type
    return table, Described(of_file, labels)


def text_of(value: bytes | None) -> str | None:
    """Return a metadata value as text."""
    return value.decode() if value else None


def read_json(file: Path) -> tuple[pd.DataFrame, Described]:
    """Read Dataset-JSON 1.1."""
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
        return of_dataset_json(content, content.get("rows") or [])
    except (ValueError, KeyError, TypeError) as error:
        raise AdamError(f"{file}: is not Dataset-JSON 1.1 ({error})") from None


def read_ndjson(file: Path) -> tuple[pd.DataFrame, Described]:
    """Read Dataset-JSON 1.1 as NDJSON: metadata in line 1, then a row per line."""
    try:
        with file.open(encoding="utf-8-sig") as lines:
            content = json.loads(next(lines))
            return of_dataset_json(content, [json.loads(x) for x in lines if x.strip()])
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise AdamError(
            f"{file}: is not Dataset-JSON 1.1 as NDJSON ({error})"
        ) from None


def of_dataset_json(content: dict, rows: list) -> tuple[pd.DataFrame, Described]:
    """Return rows and labels of a Dataset-JSON, numeric dates as dates."""
    columns = content["columns"]
    frame = pd.DataFrame(rows, columns=[column["name"] for column in columns])
    for column in columns:
        name, kind = column["name"], column["dataType"]
        if kind in ("date", "datetime") and column.get("targetDataType") == "integer":
            frame[name] = pd.to_datetime(frame[name])
        elif kind in ("integer", "float", "double", "decimal"):
            frame[name] = pd.to_numeric(frame[name])
        elif not frame[name].notna().any():
            frame[name] = frame[name].astype("string")
    labels = {one["name"].upper(): one.get("label") for one in columns}
    return frame, Described(content.get("label"), labels)


READERS: dict[str, Callable[[Path], tuple[Rows, Described]]] = {
    ".xpt": read_sas,
    ".sas7bdat": read_sas,
    ".parquet": read_parquet,
    ".json": read_json,
    ".ndjson": read_ndjson,
}


def class_of(name: str, variables: set[str]) -> str:
    """Return ADSL, TTE, BDS, OCCDS or OTHER."""
    if name == "ADSL":
        return "ADSL"
    return next((kind for kind, needed in CLASSES if needed <= variables), "OTHER")


def variables_of(
    connection: duckdb.DuckDBPyConnection, schema: str
) -> Iterator[tuple[str, str, str]]:
    """Yield dataset, variable and type of DuckDB of a schema, names in capitals."""
    yield from connection.execute(
        "select upper(table_name), upper(column_name), data_type from duckdb_columns() "
        "where schema_name = ? and database_name = current_database() "
        "order by table_name, column_index",
        [schema],
    ).fetchall()
