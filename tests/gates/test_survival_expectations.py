"""The expectations that hold tables of survival against each other find a slip."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from counterarm.gates import read_suites
from counterarm.tables.survival import survival_curves, survival_summary
from counterarm.tables.survival_differences import survival_differences
from counterarm.tables.survival_tests import survival_tests

SUITES = Path(__file__).parents[2] / "expectations" / "analyses"
OUTCOMES = {
    "control": [(1, True), (2, True), (3, False), (4, True)],
    "treated": [(2, True), (5, False), (6, True), (7, False)],
}
HORIZON = 4


def members() -> pd.DataFrame:
    rows = [
        {
            "analysis_id": "a",
            "endpoint": endpoint,
            "comparison_set": "arms",
            "position": position,
            "group_name": name,
            "set_id": f"a-{i}",
            "usubjid": f"{name}-{i}",
            "weight": 1.0,
            "days": min(days, last),
            "is_event": is_event and days <= last,
            # the third of the treated comes under observation on day 3
            "entry_days": 3 if (name, i) == ("treated", 2) else None,
        }
        for endpoint, last in (("OS", 99), ("OS_COMMON", HORIZON))
        for position, (name, outcomes) in enumerate(OUTCOMES.items())
        for i, (days, is_event) in enumerate(outcomes)
    ]
    frame = pd.DataFrame(rows)
    return frame.astype({"entry_days": "Int64"})


@pytest.fixture
def tables():
    connection = duckdb.connect()
    connection.execute("create schema analysis")
    for table in (
        survival_curves,
        survival_summary,
        survival_tests,
        survival_differences,
    ):
        frame = table(members())
        connection.register("frame", frame)
        connection.execute(
            f"create table analysis.{table.__name__} as select * from frame"
        )
    connection.register("members", members())
    connection.execute("create table analysis.group_members as select * from members")
    connection.execute(
        f"""
        create table analysis.matched_endpoints as
        select 'a' as analysis_id, 'OS_COMMON' as endpoint, 'OS' as source_endpoint,
            {HORIZON} as horizon_day
        """
    )
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("suite", "expectation", "planted"),
    [
        (
            "survival_curves",
            "Up to the common horizon a curve is that of the whole follow-up",
            "update analysis.survival_curves set survival = 0.8"
            " where endpoint = 'OS_COMMON' and day = 2",
        ),
        (
            "survival_curves",
            "Up to the common horizon a curve is that of the whole follow-up",
            "delete from analysis.survival_curves"
            " where endpoint = 'OS_COMMON' and day = 1",
        ),
        (
            "survival_curves",
            "The number at risk falls by events and censorings",
            "update analysis.survival_curves set n_risk = n_risk + 9"
            " where group_name = 'control' and day = 2",
        ),
        (
            "survival_curves",
            "The curve begins with all subjects",
            "update analysis.survival_curves set n_risk = n_risk - 1"
            " where group_name = 'control' and day = 1",
        ),
        (
            "survival_curves",
            "The curve begins with all subjects",
            "delete from analysis.survival_curves"
            " where group_name = 'treated' and day = 5",
        ),
        (
            "survival_tests",
            "The Cox-Mantel statistic is the root of the log-rank statistic",
            "update analysis.survival_tests set statistic = statistic + 0.01"
            " where test = 'cox_mantel'",
        ),
        (
            "survival_differences",
            "A difference of means is that of the two means shown",
            "update analysis.survival_differences set estimate = -estimate",
        ),
        (
            "survival_differences",
            "The arms' restricted means could be compared",
            "update analysis.survival_differences set estimate = null",
        ),
    ],
)
def test_a_slip_is_found_and_nothing_before_it(tables, suite, expectation, planted):
    (own,) = [one for one in read_suites(SUITES) if one.table.endswith(suite)]
    (query,) = [
        one.kwargs["unexpected_rows_query"]
        for one in own.expectations
        if one.name == expectation
    ]
    sound = query.format(batch=own.quoted)
    assert tables.execute(sound).fetchall() == []
    tables.execute(planted)
    assert tables.execute(sound).fetchall() != []
