"""Two builds of one delivery give equal tables: to the row, the bit and the comment.

The second is the one that fails at its end: it has every table but the publication.
"""

import pytest
from dbt_project import rows, tables, tables_that_differ

pytestmark = pytest.mark.build

PUBLICATION = ("results", "publication")
COMMENTS = (
    "select schema_name, table_name, comment from duckdb_tables() "
    "where table_name <> 'publication' order by all",
    "select schema_name, table_name, column_index, column_name, data_type, comment "
    "from duckdb_columns() where not internal and table_name <> 'publication' "
    "order by all",
)


@pytest.fixture(scope="module")
def files(demo_build, failure) -> list:
    """The files that dbt wrote, of the second build first."""
    return [failure.build.build_file, demo_build.build_file]


def test_a_second_build_has_the_same_tables(files):
    second, first = map(tables, files)
    assert second == first - {PUBLICATION}


def test_a_second_build_gives_equal_rows_in_every_table(files):
    assert tables_that_differ(*files) == {}


@pytest.mark.parametrize("query", COMMENTS)
def test_a_second_build_gives_equal_types_and_comments(files, query):
    second, first = (rows(file, query) for file in files)
    assert first.equals(second)
    assert first["comment"].notna().any()
