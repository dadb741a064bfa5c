"""Every rule of ADaM is quiet on a sound ADaM and sees the violation planted for it.

`sound.sql` is that ADaM, `planted.csv` has one violation for each rule.
"""

import csv
from pathlib import Path

import duckdb
import pytest

from counterarm.conformance.check import Adam, Violation
from counterarm.conformance.datasets import Described
from counterarm.conformance.rules import SCOPES, Rule, read_rules

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RULES = read_rules(ROOT / "seeds" / "conformance")
with (HERE / "planted.csv").open(newline="") as lines:
    PLANTED = {row["rule_id"]: row["plant"] for row in csv.DictReader(lines)}
GUIDE = {"AVAL": ("Analysis Value", "Num"), "PARAM": ("Parameter", "Char")}


@pytest.fixture(scope="module")
def adam() -> Adam:
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.execute((HERE / "sound.sql").read_text())
    columns = connection.execute(
        "select table_name, column_name from duckdb_columns() "
        "where schema_name = 'adam'"
    ).fetchall()
    labels = {name: GUIDE.get(name, (name,))[0] for _, name in columns}
    described = {dataset: Described(dataset, labels) for dataset, _ in columns}
    return Adam.of_study(connection, described, "", GUIDE)


def found_by(adam: Adam, rules: list[Rule]) -> list[Violation]:
    return list(adam.violations(rules, set()))


def test_a_sound_adam_violates_no_rule_and_every_rule_applies(adam):
    applied: set[str] = set()
    assert list(adam.violations(RULES, applied)) == []
    assert applied == {rule.rule_id for rule in RULES}


def test_there_are_over_a_hundred_rules_each_with_a_source_and_a_plant():
    ids = [rule.rule_id for rule in RULES]
    assert len(RULES) >= 100
    assert ids == sorted(set(ids))
    assert set(PLANTED) == set(ids)
    assert {rule.severity for rule in RULES} == {"error", "warning"}
    assert {rule.scope for rule in RULES} == {*SCOPES, "METADATA"}
    assert len({rule.message for rule in RULES}) == len(RULES)
    assert all(rule.source for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_the_rule_sees_the_violation_planted_for_it(adam, rule):
    connection = adam.connection
    connection.execute("begin")
    try:
        connection.execute(PLANTED[rule.rule_id])
        found = found_by(adam, [rule])
    finally:
        connection.execute("rollback")
    assert found, rule.message
    assert "cannot be run" not in found[0].example
    assert found[0].severity == rule.severity


def test_a_rule_that_cannot_be_run_is_a_finding_not_a_silence(adam):
    broken = Rule(
        *("CA999", "ADSL", "SEX", "", "error", "m"), "select NOSUCH from {data}", "s"
    )
    (found,) = found_by(adam, [broken])
    assert "cannot be run" in found.example
