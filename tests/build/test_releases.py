"""The layout of a PRO-ACT release, packed or not, does not move a number."""

import gzip

import duckdb
import pytest
from dbt_project import WITHOUT_TESTS, run_builds, tables, tables_that_differ

from counterarm.demo import write_demo

pytestmark = pytest.mark.build

# What follows reads these, and depends on nothing else that was delivered.
SCHEMAS = ["adam", "cohort"]
UP_TO_COHORTS = ["--select", "+path:models/05_cohorts"]
# Of the layout of 2016 every second file is packed, so that both are read.
LAYOUTS = ["2016", "2026"]
# The release of 2016 has no ELESCORIAL, only that of 2026 has NEUROFILAMENT: the tables
# that differ for it, and what of them must not. Whether ELESCORIAL has a row is part of
# what tells pseudo-trials apart, and so moves the analyses whose pool rests on them.
NOT_POOLED = (
    "where analysis_id in (select analysis_id "
    "from {0}.protocol.analysis_follow_up where pool = 'all')"
)
MOVED = {
    "2016": {
        "adam.adsl": "select * exclude (elescor) from {0}.adam.adsl",
        "adam.pseudo_trials": "select usubjid from {0}.adam.pseudo_trials",
        "cohort.attrition": (
            "select * exclude (n_not_recording) from {0}.cohort.attrition " + NOT_POOLED
        ),
        "cohort.covariates": (
            "select * exclude (el_escorial, deaths_recorded) "
            "from {0}.cohort.covariates " + NOT_POOLED
        ),
        "cohort.eligibility_outcomes": (
            "select * from {0}.cohort.eligibility_outcomes " + NOT_POOLED
        ),
        "cohort.endpoints": "select * from {0}.cohort.endpoints " + NOT_POOLED,
        "cohort.subjects": (
            "select * exclude (el_escorial, deaths_recorded) from {0}.cohort.subjects "
            + NOT_POOLED
        ),
        "cohort.covariate_values": (
            "select * from {0}.cohort.covariate_values "
            + NOT_POOLED
            + " and variable not in ('el_escorial', 'deaths_recorded')"
        ),
    },
    "2026": {
        "adam.adlb": (
            "select * exclude (aseq, srcseq) from {0}.adam.adlb "
            "where param not ilike '%neurofilament%'"
        )
    },
}


@pytest.fixture(scope="module")
def builds(tmp_path_factory, demo_build):
    """The shared delivery of 2022, which is written anew in the other layouts."""
    folder = tmp_path_factory.mktemp("releases")
    n_subjects = int(
        demo_build.rows("select count(*) from sdtm.dm where studyid = 'PROACT'").iat[
            0, 0
        ]
    )
    for layout in LAYOUTS:
        write_demo(folder / layout, subjects=n_subjects, release=layout)
    for file in sorted((folder / "2016" / "proact").glob("*.csv"))[::2]:
        with gzip.open(f"{file}.gz", "wb") as packed:
            packed.write(file.read_bytes())
        file.unlink()
    built = run_builds(
        *(
            {
                "delivery": folder / layout,
                "folder": folder / f"{layout}_build",
                "arguments": [*UP_TO_COHORTS, *WITHOUT_TESTS],
            }
            for layout in LAYOUTS
        )
    )
    return dict(zip(LAYOUTS, built, strict=True))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_of_a_delivery_gives_equal_tables(builds, demo_build, layout):
    build = builds[layout]
    assert build.returncode == 0, build.ending
    of_schemas = {one for one in tables(demo_build.build_file) if one[0] in SCHEMAS}
    assert of_schemas <= tables(build.build_file)
    differ = tables_that_differ(demo_build.build_file, build.build_file, SCHEMAS)
    assert set(differ) == set(MOVED[layout])


@pytest.mark.parametrize(
    ("layout", "table"),
    [(layout, table) for layout in LAYOUTS for table in MOVED[layout]],
)
def test_a_table_that_a_release_lacks_moves_what_it_holds_alone(
    builds, demo_build, layout, table
):
    kept = MOVED[layout][table]
    with duckdb.connect() as connection:
        for name, build in (("ours", demo_build), ("other", builds[layout])):
            connection.execute(f"attach '{build.build_file}' as {name} (read_only)")
        for first, second in (("ours", "other"), ("other", "ours")):
            (n_different,) = connection.execute(
                f"select count(*) from ({kept.format(first)} "
                f"except all {kept.format(second)})"
            ).fetchone()
            assert n_different == 0


def test_packed_and_plain_files_of_a_release_are_both_read(builds):
    files = builds["2016"].rows(
        "select file_name like '%.gz' as is_packed, count(*) as n "
        "from staging.delivered_files where layout = '2016' and is_delivered "
        "group by all order by all",
        published=False,
    )
    assert files["is_packed"].tolist() == [False, True]
    assert files["n"].min() >= 4
