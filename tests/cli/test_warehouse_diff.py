"""What changed between two warehouses."""

import json
import shutil

import duckdb
import pytest

pytestmark = pytest.mark.build


@pytest.fixture
def changed(demo_build, tmp_path):
    """A copy of the warehouse in which three things were changed, and what."""
    file = tmp_path / "changed.duckdb"
    shutil.copy(demo_build.warehouse, file)
    with duckdb.connect(str(file)) as connection:
        (pair,) = connection.execute(
            "select min(pair_id) from matching.pairs where analysis_id = 'nam_2023'"
        ).fetchone()
        connection.execute("delete from matching.pairs where pair_id = ?", [pair])
        connection.execute(
            "update analysis.cox set hazard_ratio = 2 * hazard_ratio, "
            "ci_low = ci_low * (1 + 1e-14) "
            "where analysis_id = 'nam_2023' and model_id = 'unadjusted' "
            "and variance = 'naive' and term = 'treated'"
        )
        (subject,) = connection.execute(
            "select min(usubjid) from cohort.subjects "
            "where analysis_id = 'nam_2023' and is_eligible"
        ).fetchone()
        connection.execute(
            "update cohort.subjects set is_eligible = false, excluded_by = 'mistake' "
            "where analysis_id = 'nam_2023' and usubjid = ?",
            [subject],
        )
    return file, pair, subject


def test_a_warehouse_does_not_differ_from_itself(run, demo_build):
    same = run("diff", str(demo_build.warehouse), str(demo_build.warehouse))
    assert same.exit_code == 0
    assert "nothing differs" in same.output


def test_what_was_changed_is_found_and_nothing_else(run, demo_build, changed):
    file, pair, subject = changed
    compared = run("diff", str(demo_build.warehouse), str(file), "--json")
    assert compared.exit_code == 1
    tables = {table["table"]: table for table in json.loads(compared.output)}
    (removed,) = tables["matching.pairs"]["removed"]
    (row,) = demo_build.rows(f"from matching.pairs where pair_id = '{pair}'").to_dict(
        "records"
    )
    assert removed["treated_usubjid"] == row["treated_usubjid"]
    (cox,) = tables["analysis.cox"]["changed"]
    ratio = cox["hazard_ratio"]
    assert ratio["new"] == pytest.approx(2 * ratio["old"])
    # a difference in the fifteenth digit is none
    assert set(cox) == {"analysis_id", "model_id", "variance", "term", "hazard_ratio"}
    (flipped,) = tables["cohort.subjects"]["changed"]
    assert flipped["usubjid"] == subject
    assert flipped["is_eligible"] == {"old": True, "new": False}
    assert flipped["excluded_by"] == {"old": None, "new": "mistake"}
    for name in ("adam.adsl", "results.provenance", "matching.balance"):
        assert not (tables[name]["removed"] or tables[name]["added"])
        assert not tables[name]["changed"]


def test_the_other_way_round_the_pair_is_new(run, demo_build, changed):
    file, *_ = changed
    compared = run("diff", str(file), str(demo_build.warehouse))
    assert compared.exit_code == 1
    assert "pairs, only in new" in compared.output
    assert run("diff", str(file), str(demo_build.warehouse), "-q").output == ""


def test_the_analyses_come_first_and_new_ones_are_not_spelt_out(
    run, demo_build, tmp_path
):
    file = tmp_path / "fewer.duckdb"
    shutil.copy(demo_build.warehouse, file)
    with duckdb.connect(str(file)) as connection:
        for table in ("results.analysis_summary", "matching.pairs"):
            connection.execute(
                f"delete from {table} where analysis_id = 'nam_2023_caliper'"
            )
        connection.execute(
            "update results.analysis_summary set hazard_ratio = 2 "
            "where analysis_id = 'nam_2023'"
        )
    printed = run("diff", str(file), str(demo_build.warehouse)).output
    first, second, third, *_ = printed.splitlines()
    assert first == "analyses only in new: nam_2023_caliper"
    assert second.endswith("analyses in both, with a different main result:")
    assert third.startswith("  nam_2023, hazard_ratio 2 -> ")
    assert "pairs, only in new" not in printed


def test_a_table_that_one_side_lacks_is_reported(run, demo_build, tmp_path):
    file = tmp_path / "lacking.duckdb"
    shutil.copy(demo_build.warehouse, file)
    with duckdb.connect(str(file)) as connection:
        connection.execute("drop table analysis.survival_tests")
    compared = run("diff", str(demo_build.warehouse), str(file))
    assert compared.exit_code == 1
    assert "analysis.survival_tests: not in the new warehouse" in compared.output


def test_a_file_that_is_absent_is_named(run, demo_build):
    refused = run("diff", "nowhere.duckdb", str(demo_build.warehouse))
    assert refused.exit_code == 1
    assert "nowhere.duckdb" in refused.output
