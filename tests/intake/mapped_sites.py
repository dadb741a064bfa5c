"""The two made-up sites in layouts of their own, and the seeds that map them."""

from pathlib import Path

import duckdb
import pandas as pd

from counterarm.intake import describe_delivery

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
SITES = ROOT / "tests" / "fixtures" / "sites"
# The reader's columns before those of the table.
LEADING = ["source", "file_name", "row_number", "line_number", "field_problem"]


def read_seed(path: Path) -> pd.DataFrame:
    """Read a seed as dbt does: text, an empty cell is null."""
    return pd.read_csv(path, dtype=object, keep_default_na=False).replace({"": None})


def template() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return raw_tables and raw_columns of the project."""
    tables = pd.read_csv(SEEDS / "mappings" / "raw_tables.csv")
    columns = pd.read_csv(SEEDS / "mappings" / "raw_columns.csv")
    return tables, columns


def mappings(**changed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the mapping seeds of the two made-up sites, some of them changed."""
    return {
        name: read_seed(SITES / "mappings" / f"{name}.csv")
        for name in ("site_files", "site_columns", "site_codes")
    } | {
        "sdtm_events": read_seed(SEEDS / "mappings" / "sdtm_events.csv"),
        "alsfrs_items": read_seed(SEEDS / "codelists" / "alsfrs_items.csv"),
        **changed,
    }


def describe(sites_dir: Path, tmp_path: Path, **changed: pd.DataFrame) -> pd.DataFrame:
    """Describe a delivery of sites alone."""
    tables, columns = template()
    proact = tmp_path / "no_proact"
    proact.mkdir(exist_ok=True)
    return describe_delivery(
        proact,
        sites_dir,
        tables[tables["source_kind"] == "site"],
        columns,
        mappings(**changed),
        tmp_path / "copies",
    )


def read_table(described: pd.DataFrame, source: str, table: str) -> pd.DataFrame:
    """Read a table of a source from all its files, with all that the reader tells."""
    rows = described[
        (described["source"] == source) & (described["table_name"] == table)
    ]
    return pd.concat(
        [duckdb.sql(reader).df().astype(object) for reader in rows["reader"]],
        ignore_index=True,
    )
