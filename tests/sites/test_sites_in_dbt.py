"""Sites of three layouts side by side in one build, and a site that has SDTM."""

import csv
import shutil
from pathlib import Path

import duckdb
import pyreadstat
import pytest
from dbt_project import WITHOUT_TESTS, WITHOUT_UNIT_TESTS

pytestmark = pytest.mark.build

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sites" / "expected"
DATASETS = ["dm", "suppdm", "ex", "qs", "ds", "ae", "cm", "mh", "suppmh", "pr"]
# Which source row a value comes from, and nothing else, may differ.
SOURCE_IDS = ("spid", "srcref")
ROUND_TRIP = "HANYANG"
UP_TO_ADAM = ["--select", "+path:models/04_adam"]
ACCOUNTS = ["row_accounting", "file_accounting"]


@pytest.fixture(scope="module")
def built(workplace):
    file = workplace.build(*UP_TO_ADAM, *ACCOUNTS, *WITHOUT_TESTS)
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


def expected(site: str, table: str) -> list[dict[str, str]]:
    with (FIXTURES / site / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("site", ["gwangju", "graz"])
def test_every_subject_arrives_in_dm_and_adsl(built, site):
    known = {
        (f"{site.upper()}-{row['subject_id']}", row["sex"], row["country"])
        for row in expected(site, "subjects")
    }
    for table in ("sdtm.dm", "adam.adsl"):
        found = built.execute(
            f"select usubjid, sex, country from {table} where studyid = ?",
            [site.upper()],
        ).fetchall()
        assert set(found) == known


@pytest.mark.parametrize("site", ["gwangju", "graz"])
def test_every_dose_score_and_death_arrives(built, site):
    def count(query: str) -> int:
        return built.execute(query, [site.upper()]).fetchone()[0]

    doses = count("select count(*) from sdtm.ex where studyid = ?")
    assert doses == len(expected(site, "doses"))
    speech = count(
        "select count(*) from sdtm.qs where studyid = ? and qstestcd = 'ALSR101'"
    )
    assert speech == sum(row["q1_speech"] != "" for row in expected(site, "visits"))
    deaths = count("select count(*) from adam.adsl where studyid = ? and dthfl = 'Y'")
    events = expected(site, "events")
    assert deaths == sum(row["event"] == "DEATH" for row in events)
    assert deaths > 0


def test_the_covariates_of_a_mapped_subject_are_those_of_its_site(built):
    first = expected("graz", "subjects")[0]
    row = built.execute(
        "select age, race, onsetsit, elescor, riluzfl from adam.adsl where usubjid = ?",
        [f"GRAZ-{first['subject_id']}"],
    ).fetchone()
    assert row == (
        float(first["age_at_first_dose"]),
        first["race"],
        first["onset_site"],
        first["el_escorial"],
        first["riluzole"] or None,
    )


def test_rows_add_up_per_file_and_table_and_lines_per_file(built):
    tables = built.execute(
        "select table_name, n_raw from quality.row_accounting where source = 'gwangju'"
    ).fetchall()
    assert dict(tables) == {
        table: len(expected("gwangju", table)) for table, _ in tables
    }
    assert len(tables) == 6
    lines = built.execute(
        "select n_tables, n_lines, n_read, n_unread from quality.file_accounting "
        "where source = 'gwangju'"
    ).fetchall()
    assert lines == [(6, 223, 223, 0)]


def write_datasets(built: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write a study's SDTM as a sponsor would: XPT version 5, dates as text."""
    folder.mkdir()
    for name in DATASETS:
        columns = built.execute(f"describe sdtm.{name}").fetchall()
        listed = ", ".join(
            f"{column} as {column.upper()}"
            if kind in ("BIGINT", "DOUBLE")
            else f"coalesce(cast({column} as varchar), '') as {column.upper()}"
            for column, kind, *_ in columns
        )
        rows = built.execute(
            f"select {listed} from sdtm.{name} where studyid = ?", [ROUND_TRIP]
        ).df()
        pyreadstat.write_xport(
            rows,
            str(folder / f"{name}.xpt"),
            table_name=name.upper(),
            file_format_version=5,
        )


def test_a_site_dropped_in_as_sdtm_gives_equal_adam_tables(workplace, built, tmp_path):
    sites = tmp_path / "sites"
    shutil.copytree(
        workplace.sites, sites, ignore=shutil.ignore_patterns(ROUND_TRIP.lower())
    )
    write_datasets(built, sites / ROUND_TRIP.lower())
    again = workplace.build(
        *UP_TO_ADAM,
        *WITHOUT_UNIT_TESTS,
        "--indirect-selection",
        "buildable",
        sites=sites,
        name="again",
    )
    compared = 0
    with duckdb.connect(str(again), read_only=True) as other:
        tables = built.execute(
            "select table_name from information_schema.tables "
            "where table_schema = 'adam' order by table_name"
        ).fetchall()
        for (table,) in tables:
            names = [
                row[0] for row in built.execute(f"describe adam.{table}").fetchall()
            ]
            kept = [name for name in names if not name.endswith(SOURCE_IDS)]
            if "usubjid" not in kept:
                continue
            query = (
                f"select {', '.join(kept)} from adam.{table} "
                f"where usubjid like '{ROUND_TRIP}-%' order by all"
            )
            assert other.execute(query).fetchall() == built.execute(query).fetchall()
            compared += 1
    assert compared >= 4
