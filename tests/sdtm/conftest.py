"""The SDTM tables of a small made-up delivery, built once."""

import duckdb
import pandas as pd
import pytest
from dbt_project import WITHOUT_UNIT_TESTS, run_build

from counterarm.demo import write_demo

# Enough for every table and every kind of slip that the delivery makes.
SUBJECTS = 600
UP_TO_SDTM = [
    *("--select", "+02_sdtm", "sdtm_variables"),
    *("--indirect-selection", "cautious"),
    *WITHOUT_UNIT_TESTS,
]


@pytest.fixture(scope="session")
def sdtm(tmp_path_factory) -> dict[str, pd.DataFrame]:
    """Every SDTM table, by its name in capitals, with variables in capitals."""
    folder = tmp_path_factory.mktemp("sdtm")
    write_demo(folder / "delivery", subjects=SUBJECTS, release="2026")
    built = run_build(folder / "delivery", folder, arguments=UP_TO_SDTM)
    assert built.returncode == 0, built.ending
    with duckdb.connect(str(built.build_file), read_only=True) as connection:
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
