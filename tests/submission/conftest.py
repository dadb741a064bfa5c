"""A warehouse of two studies, written by hand: a site with dates, PROACT with days."""

import csv
import datetime as dt
from pathlib import Path

import duckdb
import pytest

from counterarm.warehouse import reader
from counterarm.warehouse.engines import of_duckdb

ROOT = Path(__file__).parents[2]
SEEDS = (
    *("adam/adam_variables", "codelists/sdtm_variables"),
    *("submission/submission_datasets", "submission/sdtm_roles"),
    *("submission/submission_codelists", "submission/term_codes"),
)
# DuckDB's type where the seeds know Num alone
TYPES = {"AGE": "double", "AVAL": "double", "QSSTRESN": "double", "VSSTRESN": "double"}
SUBJECTS = {
    "SITE-1": {"studyid": "SITE", "armcd": "TREATED", "arm": "Treated"},
    "PROACT-1": {"studyid": "PROACT", "armcd": "ACTIVE", "arm": "Active"},
    # whose arm was not released
    "PROACT-2": {"studyid": "PROACT", "armnrs": "NOT ASSIGNED"},
}


def seed(name: str) -> list[dict[str, str]]:
    with (ROOT / "seeds" / f"{name}.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


class Warehouse:
    """A warehouse in memory, whose tables are made as the seeds describe them."""

    def __init__(self):
        self.connection = duckdb.connect()
        for schema in ("seeds", "sdtm", "adam"):
            self.connection.execute(f"create schema {schema}")
        for name in SEEDS:
            self.connection.execute(
                f"create table seeds.{Path(name).name} as from "
                f"read_csv('{ROOT}/seeds/{name}.csv', all_varchar=true)"
            )
        self.variables = {
            "sdtm": [(row["domain"], row) for row in seed("codelists/sdtm_variables")],
            "adam": [(row["dataset"], row) for row in seed("adam/adam_variables")],
        }

    @property
    def opened(self) -> reader.Warehouse:
        """The warehouse as it is now, open for reading."""
        return reader.Warehouse(of_duckdb(self.connection))

    def add(self, schema: str, name: str, *rows: dict) -> None:
        """Insert rows in a table of a schema, making it first."""
        columns = [row for table, row in self.variables[schema] if table == name]
        spelled = ", ".join(f"{row['variable']} {self.type_of(row)}" for row in columns)
        self.connection.execute(
            f"create table if not exists {schema}.{name} ({spelled})"
        )
        for row in rows:
            marks = ", ".join("?" * len(row))
            self.connection.execute(
                f"insert into {schema}.{name} ({', '.join(row)}) values ({marks})",
                list(row.values()),
            )

    @staticmethod
    def type_of(row: dict[str, str]) -> str:
        name = row["variable"].upper()
        if row["type"] == "Char":
            return "varchar"
        return TYPES.get(name, "date" if name.endswith("DT") else "bigint")


@pytest.fixture
def warehouse() -> Warehouse:
    made = Warehouse()
    for usubjid, subject in SUBJECTS.items():
        study, has_dates = subject["studyid"], subject["studyid"] == "SITE"
        of = {"studyid": study, "usubjid": usubjid}
        dm = {**of, "domain": "DM", "subjid": usubjid[-1], "siteid": "POOLED"}
        dm |= {"sex": "F", "age": 61, "ageu": "YEARS"}
        dm |= {"rfstdtc": "2020-03-01"} if has_dates else {}
        dm |= {key: subject[key] for key in subject if key != "studyid"}
        made.add("sdtm", "dm", dm)
        ae = {**of, "domain": "AE", "aeseq": 1, "aeterm": "Fever", "aedecod": "PYREXIA"}
        ae |= {"aeser": "N", "aeout": "RECOVERED/RESOLVED"}
        ae |= {"aestdtc": "2020-03", "aestdy": None} if has_dates else {"aestdy": -1}
        made.add("sdtm", "ae", ae)
        for number, (code, test, result) in enumerate(
            [("ALSR101", "ALSR1-Speech", "3"), ("ALSR1TS", "ALSR1-Total Score", "36")],
            1,
        ):
            qs = {**of, "domain": "QS", "qsseq": number, "qscat": "ALSFRS-R"}
            qs |= {"qstestcd": code, "qstest": test, "qsorres": result}
            qs |= {"qsstresc": result, "qsstresn": float(result), "qsdy": 1}
            made.add("sdtm", "qs", qs | ({"qsdtc": "2020-03-01"} if has_dates else {}))
        title = {"tsparmcd": "TITLE", "tsparm": "Trial Title", "tsval": f"A {study}"}
        policy = {"tsparmcd": "DATEPOL", "tsparm": "Policy for Dates", "tsval": "DAYS"}
        if usubjid.endswith("-1"):
            for row in (title, policy):
                made.add(
                    "sdtm", "ts", {"studyid": study, "domain": "TS", "tsseq": 1, **row}
                )
            ex = {**of, "domain": "EX", "exseq": 1, "extrt": "MSC", "exstdy": 1}
            made.add(
                "sdtm", "ex", ex | ({"exstdtc": "2020-03-01"} if has_dates else {})
            )
        adsl = {**of, "subjid": usubjid[-1], "siteid": "POOLED", "sex": "F"}
        adsl |= {"trt01p": subject.get("arm"), "trtsdy": 1, "lstalvdy": 31}
        adsl |= {"trtsdt": dt.date(2020, 3, 1)} if has_dates else {}
        made.add("adam", "adsl", adsl)
        tte = {**of, "aseq": 1, "param": "Overall Survival (days)", "paramcd": "OS"}
        tte |= {"paramn": 1, "aval": 30, "startdy": 1, "ady": 31, "cnsr": 1}
        made.add("adam", "adtte", tte)
    return made
