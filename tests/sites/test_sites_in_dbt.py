"""Sites of three layouts side by side in one build, and a site that has SDTM."""

import csv
import shutil
from pathlib import Path

import duckdb
import pytest
from dbt_project import WITHOUT_TESTS, WITHOUT_UNIT_TESTS

from counterarm.submission.package import write_packages
from counterarm.warehouse.engines import of_duckdb
from counterarm.warehouse.reader import Warehouse

pytestmark = pytest.mark.build

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sites" / "expected"
# A site of the template has no measurements, and nobody else's answers.
NOT_OF_SITES = {
    "adlb",
    "adre",
    "advs",
    "apmh",
    "lb",
    "mk",
    "pseudo_trials",
    "re",
    "suppae",
    "suppmk",
    "suppqs",
    "vs",
}
# Which source row a value comes from, and nothing else, may differ.
SOURCE_IDS = ("spid", "srcref")
ROUND_TRIP = "HANYANG"
UP_TO_ADAM = ["--select", "+path:models/04_adam"]
BESIDE = [
    *("row_accounting", "file_accounting", "sdtm_variables"),
    # of which a package takes its metadata
    *("path:seeds/submission", "adam_variables"),
]


@pytest.fixture(scope="module")
def built(workplace):
    file = workplace.build(*UP_TO_ADAM, *BESIDE, *WITHOUT_TESTS)
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
        "select aage, race, onsetsit, elescor, riluzfl from adam.adsl "
        "where usubjid = ?",
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


def export_study(file: Path, folder: Path) -> None:
    """Put the SDTM of a study's package in a folder, with its define.xml and page."""
    with duckdb.connect(str(file), read_only=True) as connection:
        warehouse = Warehouse(of_duckdb(connection))
        assert list(write_packages(warehouse, folder.parent, wanted=[ROUND_TRIP]))
    shutil.move(folder.parent / ROUND_TRIP / "sdtm", folder)
    shutil.rmtree(folder.parent / ROUND_TRIP)


@pytest.fixture(scope="module")
def again(workplace, built, tmp_path_factory):
    """A build in which one site is delivered as the SDTM of its own package."""
    sites = tmp_path_factory.mktemp("again") / "sites"
    shutil.copytree(
        workplace.sites, sites, ignore=shutil.ignore_patterns(ROUND_TRIP.lower())
    )
    export_study(workplace.folder / "w_build.duckdb", sites / ROUND_TRIP.lower())
    file = workplace.build(
        *UP_TO_ADAM,
        *WITHOUT_UNIT_TESTS,
        "--indirect-selection",
        "buildable",
        sites=sites,
        name="again",
    )
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


def differences(built, again, schema: str) -> dict[str, tuple[int, int]]:
    """Return rows of one study in one build alone, by table; and how many compared."""
    found = {}
    tables = built.execute(
        "select table_name from duckdb_tables() where schema_name = ? "
        "and not starts_with(table_name, 'int_') order by table_name",
        [schema],
    ).fetchall()
    for (table,) in tables:
        names = [
            row[0] for row in built.execute(f"describe {schema}.{table}").fetchall()
        ]
        kept = [name for name in names if not name.endswith(SOURCE_IDS)]
        if "usubjid" not in kept:
            continue
        query = (
            f"select {', '.join(kept)} from {schema}.{table} "
            f"where usubjid like '{ROUND_TRIP}-%' order by all"
        )
        before, after = built.execute(query).fetchall(), again.execute(query).fetchall()
        assert before or table in NOT_OF_SITES
        found[table] = (len(set(before) - set(after)), len(set(after) - set(before)))
    return found


@pytest.mark.parametrize("schema", ["sdtm", "adam"])
def test_a_site_dropped_in_as_its_package_gives_equal_tables(built, again, schema):
    # but for --SPID and SRCREF, which name the file that a row comes from
    found = differences(built, again, schema)
    assert len(found) >= 4
    assert {table: n for table, n in found.items() if n != (0, 0)} == {}
