"""Two builds of one delivery give equal tables: to the row, the bit and the comment."""

import pytest
from dbt_project import rows, tables, tables_that_differ

pytestmark = pytest.mark.build

COMMENTS = (
    "select schema_name, table_name, comment from duckdb_tables() order by all",
    "select schema_name, table_name, column_index, column_name, data_type, comment "
    "from duckdb_columns() where not internal order by all",
)


def test_a_second_build_has_the_same_tables(rebuild):
    assert rebuild.build.returncode == 0, rebuild.build.ending
    assert tables(rebuild.build.warehouse) == tables(rebuild.first)


def test_a_second_build_gives_equal_rows_in_every_table(rebuild):
    assert tables_that_differ(rebuild.first, rebuild.build.warehouse) == {}


@pytest.mark.parametrize("query", COMMENTS)
def test_a_second_build_gives_equal_types_and_comments(rebuild, query):
    first, second = (
        rows(file, query) for file in (rebuild.first, rebuild.build.warehouse)
    )
    assert first.equals(second)
    assert first["comment"].notna().any()
