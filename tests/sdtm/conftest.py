"""The SDTM tables of a small made-up delivery, built once."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from counterarm.demo import write_demo

ROOT = Path(__file__).parents[2]
# Enough for every table and every kind of slip that the delivery makes.
SUBJECTS = 600


@pytest.fixture(scope="session")
def sdtm(tmp_path_factory) -> dict[str, pd.DataFrame]:
    """Every SDTM table, by its name in capitals, with variables in capitals."""
    folder = tmp_path_factory.mktemp("sdtm")
    write_demo(folder / "delivery", subjects=SUBJECTS, release="2026")
    built = run_build(folder)
    assert built.returncode == 0, built.stdout[-4000:]
    # dbt builds in a file of its own beside the warehouse.
    with duckdb.connect(str(folder / "w_build.duckdb"), read_only=True) as connection:
        return {
            name.upper(): read_table(connection, name)
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'sdtm' "
                "and not starts_with(table_name, 'int_') order by all"
            ).fetchall()
        }


def read_table(connection: duckdb.DuckDBPyConnection, name: str) -> pd.DataFrame:
    table = connection.execute(f"from sdtm.{name} order by all").df()
    return table.rename(columns=str.upper)


def run_build(folder: Path) -> subprocess.CompletedProcess:
    """Build and test everything up to the SDTM tables, in `folder`."""
    return subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "build"),
            *("--select", "+02_sdtm", "sdtm_variables"),
            *("--indirect-selection", "cautious"),
            *("--exclude-resource-type", "unit_test"),
            *("--target-path", str(folder / "target")),
            *("--log-path", str(folder / "logs")),
        ],
        cwd=ROOT,
        env=os.environ
        | {
            "COUNTERARM_PROACT_DIR": str(folder / "delivery" / "proact"),
            "COUNTERARM_SITES_DIR": str(folder / "delivery" / "sites"),
            "COUNTERARM_WAREHOUSE": str(folder / "w.duckdb"),
            "COUNTERARM_REPORT_DIR": str(folder / "reports"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
            "GX_ANALYTICS_ENABLED": "false",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
