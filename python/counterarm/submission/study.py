"""The datasets of one study, as a package holds them."""

from collections.abc import Sequence

import pyarrow as pa

from counterarm.submission.metadata import (
    Dataset,
    SubmissionError,
    Variable,
    read_variables,
    require_seeds,
)
from counterarm.warehouse.reader import Warehouse, ordered


def studies(warehouse: Warehouse, wanted: Sequence[str] = ()) -> list[str]:
    """Return the studies of the warehouse, or those `wanted`.

    Raises `SubmissionError` naming a study that is not there.
    """
    require_seeds(warehouse)
    subjects = warehouse.table("sdtm.dm", "studyid").distinct()
    there = [study for (study,) in warehouse.rows(subjects.order_by("studyid"))]
    unknown = [study for study in wanted if study not in there]
    if unknown:
        raise SubmissionError(
            f"no study {unknown[0]!r} in the warehouse; it has {', '.join(there)}"
        )
    return [study for study in there if not wanted or study in wanted]


def read_study(warehouse: Warehouse, schema: str, study: str) -> list[Dataset]:
    """Return the datasets of a schema that hold rows of a study, in order of name.

    Each has the rows of that study only, ordered by subject and sequence number, else
    by its keys, so that sequence numbers are the same when they are read back. Datasets
    without a row of the study are left out. Raises `SubmissionError` for a table
    without a variable of the seeds.
    """
    found = []
    datasets = warehouse.table("seeds.submission_datasets").order_by("dataset")
    for row in warehouse.records(datasets):
        name = row["dataset"]
        if not warehouse.has(f"{schema}.{name}"):
            continue
        variables = read_variables(warehouse, schema, name)
        keys = row["keys"].split()
        columns = [one.name.lower() for one in variables]
        table = warehouse.table(f"{schema}.{name}")
        missing = [one for one in columns if one not in table.columns]
        if missing:
            raise SubmissionError(
                f"{schema}.{name} has no column {missing[0]}, which the seeds list: "
                "run `counterarm build` and export again"
            )
        of_study = table.filter(table.studyid == study).select(*columns)
        rows = warehouse.arrow(ordered(of_study, _first(name, keys, columns)))
        if not rows.num_rows:
            continue
        found.append(
            Dataset(
                name=name.upper(),
                schema=schema,
                label=row["label"],
                class_name=row["class"],
                subclass=row["subclass"],
                structure=row["structure"],
                keys=tuple(key.upper() for key in keys),
                value_by=row["value_by"] and row["value_by"].upper(),
                value_variables=tuple((row["value_variables"] or "").upper().split()),
                variables=variables,
                rows=rows.rename_columns([one.name for one in variables]),
            )
        )
    return found


def _first(dataset: str, keys: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the columns that rows are sorted by first: the subject's numbers."""
    sequence = [
        one for one in ("aseq", f"{dataset[-2:]}seq", "aeseq") if one in columns
    ]
    subject = [one for one in ("usubjid", "apid") if one in columns]
    first = [*subject, sequence[0]] if subject and sequence else list(keys)
    return [name for name in first if name in columns]


def without_empty(dataset: Dataset) -> Dataset:
    """Leave out what is null in all rows, but for required and expected variables.

    A permissible or conditional variable without a value need not be there; the tables
    of the warehouse keep it. A --DY stays beside an expected --DTC.
    """
    stays = {
        one.name
        for one in dataset.variables
        if one.core in ("Req", "Exp") or not is_empty(dataset.rows, one)
    }
    kept = [
        one.name
        for one in dataset.variables
        if one.name in stays
        or (one.name.endswith("DY") and one.name[:-2] + "DTC" in stays)
    ]
    return dataset.with_rows(dataset.rows.select(kept))


def is_empty(rows: pa.Table, variable: Variable) -> bool:
    """Return whether a variable is null in all rows."""
    return rows[variable.name].null_count == rows.num_rows
