"""Every table that may be named as evidence is counted, the empty ones too."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import jinja2
import pytest

MODEL = "models/08_results/reporting/evidence_counts.sql"


@dataclass(frozen=True)
class Relation:
    """A table as dbt renders it, here without its schema."""

    identifier: str
    schema: str = "s"

    def __str__(self):
        return self.identifier


@pytest.fixture
def counts():
    """Return the counts of a build of which only `cox` has rows, and `variables`."""
    text = (Path(__file__).parents[2] / MODEL).read_text(encoding="utf-8")
    names: set[str] = set()

    def ref(name):
        names.add(name)
        return Relation(name)

    query = jinja2.Environment().from_string(text).render(ref=ref)
    connection = duckdb.connect()
    for name in names - {"analysis_summary", "variables"}:
        connection.execute(f"create table {name} (analysis_id varchar)")
    connection.execute("insert into cox values ('a'), ('a'), ('elsewhere')")
    connection.execute(
        "create table variables as select * from (values ('age'), ('sex')) as t(v)"
    )
    connection.execute(
        "create table analysis_summary as select * from (values "
        "('a', null, true), ('a_window', 'a', true), ('elsewhere', null, false)"
        ") as t(analysis_id, based_on, is_delivered)"
    )
    found = connection.execute(query).fetchall()
    return {(table, analysis): n for table, analysis, n in found}


def test_a_table_without_a_row_is_counted_as_0(counts):
    assert counts["s.specifications", "a"] == 0


def test_rows_are_those_of_the_analysis_or_of_the_delivery(counts):
    assert counts["s.cox", "a"] == 2
    assert counts["s.variables", "a"] == 2
    assert {analysis for _, analysis in counts} == {"a"}
