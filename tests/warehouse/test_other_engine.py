"""What is read from SQLite is what is read from DuckDB: no reader knows its engine."""

from dataclasses import asdict

import pandas as pd
import pyarrow as pa
import pytest

from counterarm.report.disclosure.export import without_small_cells
from counterarm.report.reading import read_results
from counterarm.subject import UnknownSubjectError, find_subject, subject_path
from counterarm.warehouse.describe import describe_table
from counterarm.warehouse.export import COHORT_TABLES, export_cohort
from counterarm.warehouse.reader import open_warehouse
from counterarm.warehouse.summary import summary_text

pytestmark = pytest.mark.build


def same(left: pd.DataFrame, right: pd.DataFrame, name: str) -> None:
    # DuckDB has integers of 32 bits too
    pd.testing.assert_frame_equal(left, right, check_dtype=False, obj=name)


def test_a_report_is_made_of_the_same_tables(small, in_sqlite):
    schemas = ("results", "analysis", "matching", "protocol", "seeds")
    expected, found = read_results(small), read_results(in_sqlite(small, *schemas))
    assert list(found.tables) == list(expected.tables)
    for name, table in found.tables.items():
        same(table, expected.tables[name], name)
    assert len(found.of("survival_steps")) > 0
    assert len(found.of("response_persistence")) > 0
    assert len(found.of("group_remainders")) > 0
    assert (found.more, found.shared) == (expected.more, expected.shared)


def test_the_summary_is_the_same_and_hides_the_same_counts(small, in_sqlite):
    schemas = ("results", "quality", "sdtm", "analysis", "protocol")
    warehouse = in_sqlite(small, *schemas)
    ends = {"warehouse: the warehouse in sqlite", f"warehouse: {small}"}
    for hidden in (True, False):
        texts = [
            summary_text(source, show_small_cells=not hidden).splitlines()
            for source in (small, warehouse)
        ]
        assert {lines[-1] for lines in texts} == ends
        assert texts[0][:-1] == texts[1][:-1]
    with open_warehouse(small) as opened:
        tables = [
            without_small_cells(
                source, "survival_by_group", groups_of(source), below=1000
            )
            for source in (opened, warehouse)
        ]
    assert tables[0] == tables[1]
    assert "<1000" in str(tables[0].to_pylist())


def groups_of(warehouse) -> pa.Table:
    table = warehouse.table("results.survival_by_group")
    return warehouse.arrow(table.order_by(table.columns))


def test_a_cohort_is_exported_to_the_same_bytes(small, in_sqlite, tmp_path):
    schemas = sorted({name.split(".")[0] for name in COHORT_TABLES.values()})
    other = in_sqlite(small, *schemas)
    with open_warehouse(small) as opened:
        for source, folder in ((opened, "one"), (other, "other")):
            list(export_cohort(source, "nam_2023", tmp_path / folder, "csv"))
        described = describe_table(opened, "matching.pairs")
    files = sorted((tmp_path / "one").iterdir())
    assert len(files) == len(COHORT_TABLES) + 1
    for file in files:
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes(), file
    assert described["n_rows"] > 0


def test_a_subject_takes_the_same_path(small, in_sqlite):
    # ibis reads the columns of a table from the first schema that has one of its name:
    # cohort has endpoints, and so has seeds
    schemas = (
        *("cohort", "sdtm", "adam", "quality", "scales", "staging"),
        *("seeds", "protocol", "matching"),
    )
    other = in_sqlite(small, *schemas)
    with open_warehouse(small) as opened:
        ids = opened.rows(opened.table("sdtm.dm", "usubjid").order_by("usubjid"))
        for (usubjid,) in (ids[0], ids[-1]):
            assert find_subject(other, usubjid.lower()) == usubjid
            expected, found = (
                asdict(subject_path(source, usubjid)) for source in (opened, other)
            )
            assert len(expected["raw_rows"]) > 0
            assert {path["verdict"][:7] for path in expected["analyses"]} >= {"matched"}
            assert found == expected
        for source in (opened, other):
            with pytest.raises(UnknownSubjectError, match="near it: "):
                find_subject(source, "nobody")
