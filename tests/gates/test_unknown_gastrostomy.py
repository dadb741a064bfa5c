"""A site that does not record gastrostomy has no King's stage, which is no defect."""

import duckdb
import pytest
import yaml
from dbt_project import ROOT

EXPECTATION = "A complete assessment has all stages"


@pytest.fixture(scope="module")
def query() -> str:
    text = (ROOT / "expectations/standard/alsfrs_visits.yml").read_text()
    (found,) = (
        one
        for one in yaml.safe_load(text)["expectations"]
        if one["expectation"] == EXPECTATION
    )
    return found["unexpected_rows_query"]


@pytest.mark.parametrize(
    ("row", "n_unexpected"),
    [
        ("true, 3, 2, 0, false", 0),
        ("true, 3, null, 0, null", 0),
        ("true, 3, null, 0, false", 1),
        ("true, null, 2, 0, null", 1),
        ("false, null, null, null, false", 0),
    ],
)
def test_only_a_stage_that_could_be_known_is_missing(query, row, n_unexpected):
    batch = (
        f"(values ({row})) as visits"
        "(is_complete, ft9_stage, kings_stage, mitos_stage, has_gastrostomy)"
    )
    assert len(duckdb.sql(query.format(batch=batch)).fetchall()) == n_unexpected
