"""Rules for the macros of a build of a part that are easily broken."""

from dbt_project import ROOT

REFRESH = (ROOT / "macros" / "refresh.sql").read_text()


def test_no_query_between_statements_begins_a_transaction():
    # what such a query leaves open is rolled back at the end, with the changes noted
    assert "get_columns_in_relation(" not in REFRESH
    assert "check_schema_exists(" not in REFRESH


def test_a_python_model_is_run_by_the_materialization_itself():
    # dbt refuses to run one from a materialization that another one calls
    assert "dbt.materialization_table" not in REFRESH
    assert "duckdb.materialization_table" not in REFRESH
