"""A suite that cannot be run as written is refused, with its file and expectation."""

import pytest

from counterarm.gates import SuiteError, read_suites, run_gate

GOOD = {"type": "expect_column_values_to_not_be_null", "column": "total"}
ROWS = "unexpected_rows_expectation"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"minimum": 0}, "unknown key minimum"),
        ({"type": "expect_magic"}, "unknown type 'expect_magic'"),
        ({"type": None}, "unknown type None"),
        ({"severity": "grave"}, "severity must be one of critical, warning"),
        ({"severity": None}, "severity must be one of"),
        ({"because": " "}, "because is missing"),
        ({"do": None}, "do is missing"),
        ({"column": ["a"]}, "column must be the name of one column"),
        ({"mostly": 2}, "less than or equal to 1"),
        ({"row_condition": "a > 1"}, "unknown key row_condition"),
        (
            {"type": "expect_column_values_to_match_regex", "regex": "a"},
            "does not work on DuckDB; use unexpected_rows_expectation",
        ),
        (
            {"type": "expect_table_row_count_to_equal", "value": 1},
            "takes no column",
        ),
        ({"type": ROWS}, "unexpected_rows_query is missing"),
        (
            {"type": ROWS, "unexpected_rows_query": "select 1"},
            "must name the table as {batch}",
        ),
        (
            {"type": ROWS, "unexpected_rows_query": "from {batch} where a ~ '{8}'"},
            "double those of a pattern",
        ),
        ({"type": ROWS, "unexpected_rows_query": "from {batch"}, "expected '}'"),
    ],
)
def test_an_expectation_is_refused_by_file_and_name(write, change, problem):
    file = write({**GOOD, **change})
    with pytest.raises(SuiteError) as refusal:
        read_suites(file.parent)
    assert str(refusal.value).startswith(f"{file}: expectation 'Rule 1': ")
    assert problem in str(refusal.value)


def test_a_name_may_be_used_once(write):
    same = {**GOOD, "expectation": "Totals are there"}
    file = write(same, same)
    with pytest.raises(SuiteError, match="more than one expectation is called"):
        read_suites(file.parent)


def test_a_name_is_needed(write):
    file = write({**GOOD, "expectation": ""})
    with pytest.raises(SuiteError, match="expectation 1: has no name"):
        read_suites(file.parent)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("table: [", "not valid YAML"),
        ("- a", "expected the keys table and expectations"),
        ("table: visits\nexpectations: []", "table must be written as schema.table"),
        ("table: a.b\nexpectations: []", "expectations must be a list"),
        ("table: a.b\nexpectation: []", "unknown key expectation"),
        ("table: a.b\ntable: a.c\nexpectations: []", "key given twice: table"),
        ("table: a.b\nkey: c\nexpectations: []", "key must be a list"),
        ("table: a.b\nexpectations: [a]", "expectation 1: expected keys"),
    ],
)
def test_a_file_of_another_form_is_refused_by_name(tmp_path, text, problem):
    file = tmp_path / "visits.yml"
    file.write_text(text)
    with pytest.raises(SuiteError, match=problem) as refusal:
        read_suites(tmp_path)
    assert str(refusal.value).startswith(f"{file}: ")


def test_a_gate_without_suites_is_refused_rather_than_passed(tmp_path):
    with pytest.raises(SuiteError, match="the gate would check nothing"):
        read_suites(tmp_path)


def test_a_table_has_one_suite(write):
    file = write(GOOD)
    (file.parent / "again.yml").write_text(file.read_text())
    with pytest.raises(SuiteError, match="already has a suite in again"):
        read_suites(file.parent)


def test_a_table_that_does_not_exist_is_named(connection, write, tmp_path):
    file = write(GOOD, table="staging.nowhere")
    with pytest.raises(SuiteError) as refusal:
        run_gate(connection, "delivery", tmp_path / "suites", tmp_path / "gates")
    assert str(refusal.value) == f"{file}: table staging.nowhere does not exist"


def test_a_key_column_that_does_not_exist_is_named(connection, write, tmp_path):
    write(GOOD, key=["visit"])
    with pytest.raises(SuiteError, match="has no key column visit"):
        run_gate(connection, "delivery", tmp_path / "suites", tmp_path / "gates")
