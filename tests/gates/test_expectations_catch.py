"""Every query of the gates finds the defect that it is there for, and only that.

`defects/` has one statement per expectation, in the tree of `expectations/`. It is run
on the tables of a good delivery and taken back: before it the query finds no row, and
after it some. `given` makes good tables better, or larger; `allowed` is the other side
of the boundary, which the query must let pass.
"""

import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from counterarm.gates import read_suites
from counterarm.gates.suites import ROWS_TYPE

pytestmark = pytest.mark.build

GATES = ("delivery", "standard")
DEFECTS = Path(__file__).parent / "defects"
EXPECTATIONS = Path(__file__).parents[2] / "expectations"


def queries() -> dict[tuple[str, str, str], tuple[str, str]]:
    """Table and query of every expectation that is one, by gate, suite and name."""
    return {
        (gate, suite.name, one.name): (
            suite.quoted,
            one.kwargs["unexpected_rows_query"],
        )
        for gate in GATES
        for suite in read_suites(EXPECTATIONS / gate)
        for one in suite.expectations
        if one.type == ROWS_TYPE
    }


def defects() -> dict[tuple[str, str, str], dict[str, str]]:
    """Statements of `defects/`, by gate, suite and name of the expectation."""
    found = {}
    for file in sorted(DEFECTS.glob("*/*.yml")):
        for name, given in yaml.safe_load(file.read_text()).items():
            statements = {"planted": given} if isinstance(given, str) else given
            found[file.parent.name, file.stem, name] = statements
    return found


QUERIES, PLANTED = queries(), defects()


@pytest.fixture(scope="module")
def warehouse(demo_build, tmp_path_factory):
    """A copy of the tables of a good delivery, which statements may change."""
    copy = tmp_path_factory.mktemp("planted") / "copy.duckdb"
    shutil.copy(demo_build.build_file, copy)
    with duckdb.connect(str(copy)) as connection:
        yield connection


@pytest.fixture
def tables(warehouse):
    """The tables as delivered: what a test changes is taken back."""
    warehouse.execute("begin")
    yield warehouse
    warehouse.execute("rollback")


def test_every_query_has_a_defect_and_every_defect_a_query():
    assert set(QUERIES) == set(PLANTED)


@pytest.mark.parametrize("of", QUERIES, ids=" / ".join)
def test_a_query_finds_its_defect_and_nothing_before(tables, of):
    table, query = QUERIES[of]
    statements = PLANTED[of]
    assert set(statements) <= {"given", "allowed", "planted"}

    def run(step: str) -> int:
        """Run a statement, then the query; return how many rows it finds."""
        if step in statements:
            tables.execute(statements[step].format(batch=table))
        return len(tables.execute(query.format(batch=table)).fetchall())

    assert run("given") == 0
    assert run("allowed") == 0
    assert run("planted") > 0
