"""Only a whole build that passed takes the place of the warehouse that readers open."""

import shutil

import pytest
from dbt_project import run_build, tables

pytestmark = pytest.mark.build

PUBLICATION = "model.counterarm.publication"


@pytest.fixture(scope="module")
def partial(demo_build, demo_delivery, tmp_path_factory):
    """The publishing node alone, run on the file of a whole build."""
    folder = tmp_path_factory.mktemp("partial")
    shutil.copy(demo_build.build_file, folder)
    return run_build(demo_delivery, folder, arguments=["--select", "publication"])


def ancestors(manifest: dict, node: str) -> set[str]:
    found, left = set(), [node]
    while left:
        for parent in manifest["parent_map"].get(left.pop(), []):
            if parent not in found:
                found.add(parent)
                left.append(parent)
    return found


def of_kind(manifest: dict, *kinds: str) -> dict[str, dict]:
    nodes = manifest["nodes"] | manifest["unit_tests"]
    return {key: node for key, node in nodes.items() if node["resource_type"] in kinds}


def test_a_whole_build_says_that_it_is_published(demo_build):
    (row,) = demo_build.rows("from results.publication", published=False).to_dict(
        "records"
    )
    assert row["is_published"]
    where_dbt_ran = demo_build.target.parent / "linked"
    published = (where_dbt_ran / row["warehouse"]).resolve()
    assert published == demo_build.warehouse.resolve()


def test_a_partial_build_publishes_nothing_and_says_why(partial):
    assert partial.returncode == 0, partial.ending
    assert not partial.warehouse.exists()
    (row,) = partial.rows("from results.publication", published=False).to_dict(
        "records"
    )
    assert not row["is_published"]
    assert "the run left out" in row["reason"]


def test_a_test_that_fails_on_the_last_table_leaves_the_last_good_warehouse(failure):
    build = failure.build
    assert build.returncode == 1
    assert "FAIL" in build.output
    assert "assert_nothing_is_in" in build.output
    assert "ERROR=1 " in build.output
    assert build.warehouse.read_bytes() == failure.before
    left = sorted(path.name for path in build.warehouse.parent.glob("*.duckdb*"))
    assert left == sorted([build.warehouse.name, build.build_file.name])


def test_a_reader_keeps_its_warehouse_while_the_next_is_published(published_over):
    assert published_over.was_replaced
    assert published_over.read_after == [("still read",)]
    assert ("main", "earlier") not in tables(published_over.build.warehouse)


def test_every_model_and_seed_comes_before_the_publication(demo_build):
    manifest = demo_build.manifest()
    before = ancestors(manifest, PUBLICATION)
    nodes = of_kind(manifest, "model", "seed")
    assert sorted(nodes.keys() - before - {PUBLICATION}) == []


def test_every_test_comes_before_the_publication(demo_build):
    # dbt runs a test before whatever follows on all that the test reads.
    manifest = demo_build.manifest()
    before = ancestors(manifest, PUBLICATION)
    tests = of_kind(manifest, "test", "unit_test")
    after = {
        key: node["depends_on"]["nodes"]
        for key, node in tests.items()
        if not set(node["depends_on"]["nodes"]) <= before
    }
    assert tests
    assert after == {}


def test_nothing_follows_on_the_publication(demo_build):
    assert demo_build.manifest()["child_map"][PUBLICATION] == []
