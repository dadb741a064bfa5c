"""The files of a site that already has SDTM."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from counterarm.intake import sdtm_visits
from counterarm.intake.locate import visible_files
from counterarm.intake.raw_bytes import UnreadableFileError
from counterarm.intake.reader import empty_reader_sql
from counterarm.intake.roles import role_hint
from counterarm.intake.sdtm_files import (
    NOT_NEEDED,
    QUALIFIERS,
    REQUIRED,
    Dataset,
    DatasetFile,
    copy_file,
    encoding_of,
    sdtm_files,
)
from counterarm.intake.sdtm_formats import READERS
from counterarm.intake.sdtm_notes import doubled_records, has_no_item, notes_of
from counterarm.intake.sdtm_reader import (
    MAKERS,
    is_riluzole_answer,
    lines_read_sql,
    of_file_sql,
    table_reader_sql,
)
from counterarm.intake.sdtm_study import SdtmSeeds, Study, write_people

# Datasets that fill no table alone, and are read beside DM.
BESIDE_DM = {
    **dict.fromkeys(("mh", *QUALIFIERS), "read for the subjects of DM"),
    "sv": "read for the last contact of the subjects of DM",
}


def describe_sdtm_site(
    source: str,
    folder: Path,
    seeds: SdtmSeeds,
    encodings: Mapping[str, str],
    tables: pd.DataFrame,
    columns: pd.DataFrame,
    copies_dir: Path,
    problems: list[str],
) -> list[dict]:
    """Return one row of `describe_delivery` per template table and file of a site.

    `tables` and `columns` are those of the template; `encodings` those of the files
    that are not in UTF-8. What is wrong goes to `problems`, and with it what else is
    to be said of the site.
    """
    files = sdtm_files(folder, encodings)
    datasets = read_datasets(source, folder, files, encodings, copies_dir, problems)
    notes: list[tuple[str, str]] = []
    rows: list[dict] = []
    n_problems = len(problems)
    needed = required_datasets(tables)
    problems += missing_datasets(source, folder, files, needed, tables)
    if "dm" in datasets:
        study = Study(source, datasets, copies_dir / f"{source}__people.parquet")
        write_people(study)
        notes = notes_of(study, seeds)
        problems += doubled_records(study)
        if "qs" in datasets and has_no_item(study, seeds):
            problems.append(
                f"{source}: QS holds no item of the ALSFRS-R: no QSTESTCD is one of "
                "seeds/codelists/alsfrs_items.csv or seeds/mappings/sdtm_items.csv"
            )
        if all(domain in datasets for domain in needed):
            rows = table_rows(study, seeds, tables, columns)
    if len(problems) > n_problems:
        problems += [f"{source}: {name}: {text}" for name, text in notes]
    rows += [
        dataset_row(source, file) | {"layout": "sdtm", "note": note}
        for domain, note in BESIDE_DM.items()
        if domain in datasets
        for file in datasets[domain].files
    ]
    rows += [
        {
            "source": source,
            "source_kind": "site",
            "is_delivered": True,
            "file_name": name,
            "layout": "sdtm",
            "note": text,
        }
        for name, text in notes
    ]
    used = {path.name for paths in files.values() for path in paths}
    rows += [
        {
            "source": source,
            "source_kind": "site",
            "is_delivered": True,
            "file_name": path.name,
            "note": unused_note(path),
        }
        for path in visible_files(folder)
        if path.name not in used
    ]
    return rows


def table_rows(
    study: Study, seeds: SdtmSeeds, tables: pd.DataFrame, columns: pd.DataFrame
) -> list[dict]:
    """Return a row per table and file that fills it, and per table without one."""
    wanted = {
        table: columns.loc[columns["table_name"] == table]
        .sort_values("position")["column_name"]
        .tolist()
        for table in tables["table_name"]
    }
    readers: dict[tuple[str, str], list[str]] = {}
    first_row = dict.fromkeys(wanted, 0)
    # DM is read whole, and the answers for riluzole beside the other medications
    lines = {
        "dm": (f"from {study.rows('dm')} as data", "true"),
        "qs": (f"from {study.rows('qs')} as data", sdtm_visits.is_read(study, seeds)),
    }
    for table, domain, make in MAKERS:
        if domain not in study.datasets or table not in wanted:
            continue
        made = make(study, seeds)
        reader = table_reader_sql(study, made, wanted[table], first_row[table])
        first_row[table] += study.datasets[domain].n_rows
        readers.setdefault((table, domain), []).append(reader)
        lines.setdefault(domain, (made[0], made[2]))
    if "cm" in lines:
        origin, condition = lines["cm"]
        lines["cm"] = (origin, f"({condition}) or {is_riluzole_answer(study)}")
    readers["visits", "qs"] = [
        sdtm_visits.visits_reader_sql(study, seeds, wanted["visits"])
    ]
    rows = []
    for (table, domain), queries in readers.items():
        files = study.datasets[domain].files
        for file in files:
            reader = "\nunion all\n".join(f"({query})" for query in queries)
            rows.append(
                dataset_row(study.source, file)
                | {
                    "table_name": table,
                    "layout": "sdtm",
                    "reader": of_file_sql(reader, file, len(files)),
                    "lines_reader": of_file_sql(
                        lines_read_sql(study, *lines[domain]), file, len(files)
                    ),
                }
            )
    rows += [
        {
            "source": study.source,
            "source_kind": "site",
            "table_name": table,
            "is_delivered": False,
            "note": "not delivered: read as an empty table",
            "reader": empty_reader_sql(study.source, wanted[table]),
        }
        for table in wanted
        if table not in {name for name, _ in readers}
    ]
    return rows


def required_datasets(tables: pd.DataFrame) -> tuple[str, ...]:
    """Return the datasets without which a site is not read: EX only if doses are."""
    doses = tables[tables["table_name"] == "doses"]
    return tuple(
        domain for domain in REQUIRED if domain != "ex" or doses["is_required"].all()
    )


def missing_datasets(
    source: str,
    folder: Path,
    files: Mapping[str, list[Path]],
    needed: Sequence[str],
    tables: pd.DataFrame,
) -> list[str]:
    """Say which required datasets were not delivered."""
    names = ", ".join(path.name for path in visible_files(folder))
    doses = next(tables[tables["table_name"] == "doses"].itertuples(), None)
    return [
        f"{source}: the required dataset {domain.upper()} is missing; looked for "
        f"{', '.join(domain + suffix for suffix in READERS)} in {folder}, found {names}"
        + (role_hint(source, doses) if domain == "ex" else "")
        for domain in needed
        if domain not in files
    ]


def read_datasets(
    source: str,
    folder: Path,
    files: Mapping[str, list[Path]],
    encodings: Mapping[str, str],
    copies_dir: Path,
    problems: list[str],
) -> dict[str, Dataset]:
    """Copy each dataset that is read; note what is double or unreadable."""
    datasets = {}
    for domain, paths in files.items():
        stems = [path.stem.lower() for path in paths]
        if len(set(stems)) < len(stems):
            problems.append(
                f"{folder}: two files for the dataset {domain.upper()}: "
                f"{' and '.join(path.name for path in paths)}; keep one"
            )
            continue
        copied: list[DatasetFile] = []
        for number, path in enumerate(paths):
            copy = copies_dir / f"{source}__{domain}_{number}.parquet"
            first = sum(file.n_rows for file in copied)
            try:
                copied.append(
                    copy_file(path, copy, encoding_of(path, encodings), first)
                )
            except UnreadableFileError as error:
                problems.append(f"{folder}: {error}")
        if len(copied) == len(paths):
            datasets[domain] = Dataset(domain, tuple(copied))
    return datasets


def dataset_row(source: str, file: DatasetFile) -> dict:
    """Return what a row of `describe_delivery` says of a dataset as a file."""
    return {
        "source": source,
        "source_kind": "site",
        "is_delivered": True,
        "file_name": file.path.name,
        "sha256": file.sha256,
        "absent_columns": "",
        "unexpected_columns": "",
        "note": None,
    }


# What a package of SDTM has beside its datasets.
PACKAGE_FILES = ("acrf.html", "define.html", "define.xml", "sdrg.html")


def unused_note(path: Path) -> str:
    """Say why a file of the folder is not read."""
    stem = path.stem.lower()
    if path.suffix.lower() in READERS:
        if stem in NOT_NEEDED:
            return f"not needed: {stem.upper()} of SDTM fills no table of the template"
        if stem.startswith("supp"):
            return f"not needed: qualifiers that fill no table ({stem.upper()})"
    if path.name.lower() in PACKAGE_FILES:
        return "not needed: describes the datasets of a submission package"
    return "not used: no dataset of SDTM that is read"
