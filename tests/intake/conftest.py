"""Small deliveries, written where a test may do as it likes with them."""

from pathlib import Path

import pandas as pd
import pytest

from counterarm.intake import describe_delivery

TABLES = pd.DataFrame(
    [
        ("proact", "alsfrs", True),
        ("proact", "fvc", False),
        ("site", "doses", True),
        ("site", "medications", False),
    ],
    columns=["source_kind", "table_name", "is_required"],
)
COLUMNS = pd.DataFrame(
    [
        ("proact", "alsfrs", 1, "subject_id", True),
        ("proact", "alsfrs", 2, "q1_speech", True),
        ("proact", "alsfrs", 3, "alsfrs_delta", True),
        ("proact", "alsfrs", 4, "mode_of_administration", False),
        ("proact", "fvc", 1, "subject_id", True),
        ("site", "doses", 1, "subject_id", True),
        ("site", "doses", 2, "dose_date", True),
        ("site", "medications", 1, "subject_id", True),
    ],
    columns=[
        "source_kind",
        "table_name",
        "position",
        "column_name",
        "heading_is_required",
    ],
)
ALSFRS = b"subject_id,Q1_Speech,ALSFRS_Delta\n1,4,0\n"


class Delivery:
    """A delivery of one PRO-ACT table and one site, to which a test adds files."""

    def __init__(self, folder: Path) -> None:
        self.proact = folder / "proact"
        self.sites = folder / "sites"
        self.write("proact/alsfrs.csv", ALSFRS)
        self.write("sites/hanyang/doses.csv", b"subject_id,dose_date\nA,2020-01-01\n")

    def write(self, name: str, data: bytes) -> Path:
        path = self.proact.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def remove(self, name: str) -> None:
        (self.proact.parent / name).unlink()

    def describe(self) -> pd.DataFrame:
        return describe_delivery(
            self.proact,
            self.sites,
            TABLES,
            COLUMNS,
            copies_dir=self.proact.parent / "copies",
        )

    def row(self, source: str, table: str) -> pd.Series:
        rows = self.describe().set_index(["source", "table_name"])
        return rows.loc[(source, table)]


@pytest.fixture
def delivery(tmp_path) -> Delivery:
    return Delivery(tmp_path)
