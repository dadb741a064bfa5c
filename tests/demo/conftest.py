"""One made-up delivery of 4,000 subjects in each release, read back as text."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from counterarm.demo import Demo, write_demo

SUBJECTS = 4_000
FILES = {
    "ADVERSEEVENTS": "AdverseEvents.csv",
    "ALSFRS": "alsfrs.csv",
    "ALSHISTORY": "AlsHistory.csv",
    "CONMEDS": "ConMeds.csv",
    "DEATHDATA": "DeathData.csv",
    "DEMOGRAPHICS": "demographics.csv",
    "FAMILYHISTORY": "FamilyHistory.csv",
    "FVC": "Fvc.csv",
    "LABS": "Labs.csv",
    "RILUZOLE": "Riluzole.csv",
    "SVC": "Svc.csv",
    "TREATMENT": "Treatment.csv",
    "VITALSIGNS": "VitalSigns.csv",
}


def read_text(path: Path) -> pd.DataFrame:
    """Read a CSV file cell by cell, all text, "" for an empty cell."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        headings, *rows = csv.reader(file)
    assert {len(row) for row in rows} <= {len(headings)}
    return pd.DataFrame(rows, columns=headings, dtype=str)


class Delivery:
    """Tables of a demo, read once; `raw` keeps footers, the rest drops them."""

    def __init__(self, demo: Demo):
        self.demo = demo
        self._tables: dict[str, pd.DataFrame] = {}

    def raw(self, table: str) -> pd.DataFrame:
        if table not in self._tables:
            folder = self.demo.proact_directory
            named = {"2016": FILES.get(table, ""), "2026": f"F_PROACT_{table}.csv"}
            if table == "NEUROFILAMENT":
                named["2026"] = "F_PROACT_Neurofilament.csv"
            self._tables[table] = read_text(folder / named[self.demo.release])
        return self._tables[table]

    def __getitem__(self, table: str) -> pd.DataFrame:
        rows = self.raw(table)
        return rows[rows["subject_id"].str.fullmatch(r"\d+")]

    def site(self, site: str, table: str) -> pd.DataFrame:
        return read_text(self.demo.sites_directory / site / f"{table}.csv")


def to_number(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.replace("", np.nan), errors="coerce")


@pytest.fixture(scope="session")
def demos(tmp_path_factory) -> dict[str, Demo]:
    folder = tmp_path_factory.mktemp("demos")
    return {
        release: write_demo(folder / release, subjects=SUBJECTS, release=release)
        for release in ("2016", "2022", "2026")
    }


@pytest.fixture(scope="session")
def delivery(demos) -> Delivery:
    return Delivery(demos["2016"])


@pytest.fixture(scope="session")
def newest(demos) -> Delivery:
    """Give the release that has all tables."""
    return Delivery(demos["2026"])


@pytest.fixture(scope="session")
def number():
    return to_number
