"""The files of a site that already has SDTM."""

from pathlib import Path

import pandas as pd

from counterarm.intake import sdtm_visits
from counterarm.intake.headings import UnreadableFileError
from counterarm.intake.locate import visible_files
from counterarm.intake.reader import empty_reader_sql
from counterarm.intake.sdtm_files import (
    REQUIRED,
    Dataset,
    copy_dataset,
    sdtm_files,
)
from counterarm.intake.sdtm_reader import (
    MAKERS,
    SdtmSeeds,
    Study,
    is_riluzole_answer,
    lines_read_sql,
    table_reader_sql,
)

QUALIFIERS = ("mh", "suppdm", "suppmh")


def describe_sdtm_site(
    source: str,
    folder: Path,
    seeds: SdtmSeeds,
    tables: pd.DataFrame,
    columns: pd.DataFrame,
    copies_dir: Path,
    problems: list[str],
) -> list[dict]:
    """Return one row of `describe_delivery` per template table and dataset of a site.

    `tables` and `columns` are those of the template. What is wrong goes to `problems`.
    """
    datasets = read_datasets(source, folder, copies_dir, problems)
    if any(domain not in datasets for domain in REQUIRED):
        return []
    study = Study(source, datasets)
    wanted = {
        table: columns.loc[columns["table_name"] == table]
        .sort_values("position")["column_name"]
        .tolist()
        for table in tables["table_name"]
    }
    found: list[tuple[str, str, str]] = []
    first_row = dict.fromkeys(wanted, 0)
    # DM is read whole, and the answers for riluzole beside the other medications
    is_read = {"dm": "true", "qs": sdtm_visits.is_read(study, seeds)}
    for table, domain, make in MAKERS:
        if domain in datasets:
            made = make(study, seeds)
            reader = table_reader_sql(
                study, domain, made, wanted[table], first_row[table]
            )
            first_row[table] += datasets[domain].n_rows
            found.append((table, domain, reader))
            is_read.setdefault(domain, made[2])
    is_read["cm"] = f"{is_read.get('cm')} or {is_riluzole_answer(study)}"
    visits = sdtm_visits.visits_reader_sql(study, seeds, wanted["visits"])
    found.append(("visits", "qs", visits))
    rows = [
        dataset_row(source, datasets[domain])
        | {
            "table_name": table,
            "layout": "sdtm",
            "reader": reader,
            "lines_reader": lines_read_sql(study, domain, is_read[domain]),
        }
        for table, domain, reader in found
    ]
    rows += [
        dataset_row(source, datasets[domain])
        | {"layout": "sdtm", "note": "read for the subjects of DM"}
        for domain in QUALIFIERS
        if domain in datasets
    ]
    rows += [
        {
            "source": source,
            "source_kind": "site",
            "table_name": table,
            "is_delivered": False,
            "note": "not delivered: read as an empty table",
            "reader": empty_reader_sql(source, wanted[table]),
        }
        for table in tables["table_name"]
        if table not in {name for name, _, _ in found}
    ]
    used = {dataset.path.name for dataset in datasets.values()}
    rows += [
        {
            "source": source,
            "source_kind": "site",
            "is_delivered": True,
            "file_name": path.name,
            "note": "not used: no dataset of SDTM that is read",
        }
        for path in visible_files(folder)
        if path.name not in used
    ]
    return rows


def read_datasets(
    source: str, folder: Path, copies_dir: Path, problems: list[str]
) -> dict[str, Dataset]:
    """Copy each dataset that is read; note what is missing, double or unreadable."""
    files = sdtm_files(folder)
    names = ", ".join(path.name for path in visible_files(folder))
    problems += [
        f"{source}: the required dataset {domain.upper()} is missing; looked for "
        f"{domain}.xpt or {domain}.json in {folder}, found {names}"
        for domain in REQUIRED
        if domain not in files
    ]
    datasets = {}
    for domain, paths in files.items():
        if len(paths) > 1:
            problems.append(
                f"{folder}: two files for the dataset {domain.upper()}: "
                f"{' and '.join(path.name for path in paths)}; keep one"
            )
            continue
        copy = copies_dir / f"{source}__{domain}.parquet"
        try:
            datasets[domain] = copy_dataset(domain, paths[0], copy)
        except UnreadableFileError as error:
            problems.append(f"{folder}: {error}")
    return datasets


def dataset_row(source: str, dataset: Dataset) -> dict:
    """Return what a row of `describe_delivery` says of a dataset as a file."""
    return {
        "source": source,
        "source_kind": "site",
        "is_delivered": True,
        "file_name": dataset.path.name,
        "sha256": dataset.sha256,
        "absent_columns": "",
        "unexpected_columns": "",
        "note": None,
    }
