"""Write a dataset as a SAS transport file of Version 5, and as Dataset-JSON 1.1."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from counterarm import __version__
from counterarm.submission.metadata import Dataset, Variable

SAS_DAY_0 = dt.date(1960, 1, 1)
# Positions of the creation times of a Version 5 file and its member (SAS TS-140:
# records of 80 bytes), and the constant that replaces them, so that equal data are
# equal bytes.
TIME_STAMPS = (144, 160, 464, 480)
NO_TIME = b"01JAN00:00:00:00"
TIME_STAMP = re.compile(rb"\d{2}[A-Z]{3}\d{2}:\d{2}:\d{2}:\d{2}")
SUFFIXES = {"xpt": "xpt", "dataset-json": "json", "dataset-ndjson": "ndjson"}
FORMATS = tuple(SUFFIXES)


def file_name(dataset: Dataset, form: str) -> str:
    """Return the name of a dataset's file."""
    return f"{dataset.name.lower()}.{SUFFIXES[form]}"


def write_dataset(
    dataset: Dataset, folder: Path, form: str, study: str, as_of: str
) -> Path:
    """Write a dataset in a form of `FORMATS`, and return the file.

    `as_of` is the day, as 2024-03-15, that Dataset-JSON gives as that of its creation.
    """
    target = folder / file_name(dataset, form)
    if form == "xpt":
        write_transport(dataset, target)
        return target
    content = dataset_json(dataset, study, as_of)
    if form == "dataset-json":
        target.write_text(_line(content), encoding="utf-8")
        return target
    rows = content.pop("rows")
    lines = [content, *rows]
    target.write_text("".join(map(_line, lines)), encoding="utf-8")
    return target


def write_transport(dataset: Dataset, target: Path) -> None:
    """Write a transport file with the labels of dataset and variables.

    Dates are days since 1960 with the format DATE9.; a null text is empty. The file
    holds no time of writing.
    """
    import pyreadstat  # slow to import, and of use here only

    formats = {}
    columns: dict[str, Any] = {}
    for one in dataset.variables:
        values = dataset.rows[one.name]
        if pa.types.is_date(values.type):
            formats[one.name] = "DATE9."
            columns[one.name] = pd.array(
                [value and (value - SAS_DAY_0).days for value in values.to_pylist()],
                dtype="Float64",
            )
        elif one.is_text:
            columns[one.name] = [value or "" for value in values.to_pylist()]
        else:
            columns[one.name] = values.cast(pa.float64()).to_pandas()
    frame = pd.DataFrame(columns)
    frame = frame.astype({name: "float64" for name in formats})
    pyreadstat.write_xport(
        frame,
        str(target),
        file_label=dataset.label,
        column_labels=[one.label for one in dataset.variables],
        variable_format=formats,
        table_name=dataset.name,
        file_format_version=5,
    )
    clear_time_stamps(target)


def clear_time_stamps(target: Path) -> None:
    """Replace the four times of writing in a transport file by a constant.

    Raises `ValueError` for a file that has no time where Version 5 stores one.
    """
    with target.open("r+b") as file:
        head = file.read(TIME_STAMPS[-1] + len(NO_TIME))
        for place in TIME_STAMPS:
            found = head[place : place + len(NO_TIME)]
            if not TIME_STAMP.fullmatch(found.upper()):
                raise ValueError(f"{target}: no time of writing at byte {place}")
            file.seek(place)
            file.write(NO_TIME)


def dataset_json(dataset: Dataset, study: str, as_of: str) -> dict[str, Any]:
    """Return a dataset as an object of Dataset-JSON 1.1."""
    lists = [dataset.rows[one.name].to_pylist() for one in dataset.variables]
    return {
        "datasetJSONCreationDateTime": f"{as_of}T00:00:00",
        "datasetJSONVersion": "1.1.0",
        "fileOID": f"{study}.{dataset.schema}.{dataset.name}",
        "originator": "counterarm",
        "sourceSystem": {"name": "counterarm", "version": __version__},
        "studyOID": f"STDY.{study}",
        "metaDataVersionOID": f"MDV.{study}.{dataset.schema.upper()}",
        "metaDataRef": "define.xml",
        "itemGroupOID": f"IG.{dataset.name}",
        "records": dataset.rows.num_rows,
        "name": dataset.name,
        "label": dataset.label,
        "columns": [_column(dataset, one) for one in dataset.variables],
        "rows": [
            [
                value.isoformat() if isinstance(value, dt.date) else value
                for value in row
            ]
            for row in zip(*lists, strict=True)
        ],
    }


def _column(dataset: Dataset, variable: Variable) -> dict[str, Any]:
    column: dict[str, Any] = {
        "itemOID": f"IT.{dataset.name}.{variable.name}",
        "name": variable.name,
        "label": variable.label,
    }
    kind = dataset.rows.schema.field(variable.name).type
    if pa.types.is_date(kind):
        column |= {"dataType": "date", "targetDataType": "integer"}
        column["displayFormat"] = "DATE9."
    elif variable.is_text:
        column |= {"dataType": "string", "length": longest(dataset, variable)}
    else:
        is_float = pa.types.is_floating(kind)
        column["dataType"] = "float" if is_float else "integer"
    if variable.name in dataset.present_keys:
        column["keySequence"] = dataset.present_keys.index(variable.name) + 1
    return column


def longest(dataset: Dataset, variable: Variable) -> int:
    """Return the bytes of the longest text of a variable, at least 1."""
    texts = dataset.rows[variable.name].unique().to_pylist()
    return max([1, *(len(text.encode()) for text in texts if text)])


def _line(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
