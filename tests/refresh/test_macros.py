"""Rules for the macros of a build of a part that are easily broken."""

import re
from types import SimpleNamespace

import duckdb
import jinja2
import pytest
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


def body(macro: str) -> str:
    (found,) = re.findall(
        rf"{{% macro {macro}\(.*?%}}(.*?){{%- endmacro %}}", REFRESH, re.DOTALL
    )
    return found


def contents(query: str) -> list[tuple]:
    """Return what `contents` has of a table, as dbt would ask DuckDB."""

    class Table(SimpleNamespace):
        def __str__(self) -> str:
            return "t"

    table = Table(database="memory", schema="main", identifier="t")
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    with duckdb.connect() as connection:
        connection.execute(f"create table t as {query}")

        def first_column(macro: str) -> list:
            sql = body(macro).split("{{ return(")[0] + "{{ wanted }}"
            asked = environment.from_string(sql).render(relation=table)
            return [row[0] for row in connection.execute(asked).fetchall()]

        sql = environment.from_string(body("contents")).render(
            relation=table,
            adapter=SimpleNamespace(quote=lambda name: f'"{name}"'),
            columns_of=lambda _: first_column("columns_of"),
            columns_hashed_as_text=lambda _: first_column("columns_hashed_as_text"),
            have_analyses=lambda columns: "analysis_id VARCHAR" in columns,
        )
        return sorted(connection.execute(sql).fetchall())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[[1], [2]]", "[[1, 2]]"),
        ("[]::int[]", "null::int[]"),
        ("[null]::int[]", "[]::int[]"),
        ("{'a': null::int}", "null::struct(a int)"),
        ("0.0::double", "-0.0::double"),
        ("'nan'::double", "null::double"),
        ("interval 30 days", "interval 1 month"),
        ("''", "null::varchar"),
        ("1", "2"),
        ("1::int", "1::bigint"),
    ],
)
def test_a_table_with_another_value_has_other_contents(one, other):
    assert contents(f'select 7 as n, {one} as "a b"') == contents(
        f'select 7 as n, {one} as "a b"'
    )
    assert contents(f'select 7 as n, {one} as "a b"') != contents(
        f'select 7 as n, {other} as "a b"'
    )


def test_the_contents_are_told_apart_by_analysis():
    rows = "(values ('a', {}), ('b', 2.0), (null, 3.0)) as t (analysis_id, x)"
    before, now = (contents(f"from {rows.format(x)}") for x in ("0.5", "1.5"))
    assert [row[0] for row in before] == ["*", "* columns", "a", "b"]
    assert [
        was[0] for was, is_now in zip(before, now, strict=True) if was != is_now
    ] == ["a"]
