"""Small SDTM studies as a site's folder, and what is read of them."""

import json
from pathlib import Path

import pandas as pd
import pyreadstat
from mapped_sites import describe, read_table

ITEMS = [f"ALSR1{n:02d}" for n in range(1, 13)]


def write_study(folder: Path, datasets: dict[str, list[dict]]) -> Path:
    """Write datasets as Dataset-JSON of the site `x`; return the folder of sites.

    EX, QS and DS that are not given have one row, so that none is missing.
    """
    usual = {
        "ex": [{"USUBJID": "X-1", "EXSEQ": 1, "EXTRT": "CELLS", "EXDOSE": 1}],
        "qs": [{"USUBJID": "X-1", "QSTESTCD": "ALSR101", "QSSTRESN": 4}],
        "ds": [{"USUBJID": "X-1", "DSDECOD": "RANDOMIZED"}],
    }
    site = folder / "sites" / "x"
    site.mkdir(parents=True)
    for name, rows in (usual | datasets).items():
        (site / f"{name}.json").write_text(json.dumps(dataset_json(rows)))
    return folder / "sites"


def dataset_json(rows: list[dict]) -> dict:
    """Return rows as Dataset-JSON 1.1 has them, a column that one lacks null."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return {
        "datasetJSONVersion": "1.1.0",
        "records": len(rows),
        "columns": [{"name": name} for name in columns],
        "rows": [[row.get(name) for name in columns] for row in rows],
    }


def write_xpt(path: Path, rows: list[dict], version: int = 5) -> None:
    """Write rows as SAS XPT, missing text as blanks."""
    frame = pd.DataFrame(rows)
    text = frame.select_dtypes(exclude="number").columns
    frame[text] = frame[text].fillna("").astype(object)
    pyreadstat.write_xport(
        frame, str(path), table_name="DM", file_format_version=version
    )


def read(sites: Path, folder: Path, table: str, *columns: str, **seeds) -> list[tuple]:
    """Return columns of a table of the template, as read of the site `x`."""
    rows = read_table(describe(sites, folder, **seeds), "x", table)
    chosen = rows.sort_values("row_number")[list(columns)]
    return list(chosen.where(chosen.notna(), None).itertuples(index=False, name=None))


def notes(sites: Path, folder: Path, **seeds) -> str:
    """Return what is said of the site's files beside its tables."""
    described = describe(sites, folder, **seeds)
    of_files = described[described["table_name"].isna()]
    return "\n".join(f"{row.file_name}: {row.note}" for row in of_files.itertuples())
