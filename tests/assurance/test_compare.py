"""What the models made of invented patients, against what is expected of them."""

import duckdb
import pytest

from counterarm.assurance import (
    PatientsFileError,
    compare,
    read_patients,
    unread_facts,
    unshown_rules,
)
from counterarm.assurance.compare import agrees
from counterarm.warehouse.engines import of_duckdb
from counterarm.warehouse.reader import Warehouse

TABLES = """
    create schema cohort; create schema seeds; create schema protocol;
    create schema staging;
    create table seeds.analyses as
    select * from (values ('one', null), ('two', 'one')) as rows(analysis_id, based_on);
    create table cohort.subjects as
    select 'one' as analysis_id, 'PROACT-1' as usubjid, 'control' as arm,
        cast(7.456 as double) as speed, true as is_eligible,
        cast(null as varchar) as excluded_by;
    create table cohort.endpoints as
    select 'one' as analysis_id, 'PROACT-1' as usubjid, 'OS' as endpoint,
        cast(300 as bigint) as days, false as is_event;
    create table protocol.analysis_endpoints as
    select 'one' as analysis_id, 'OS' as endpoint;
    create table protocol.analysis_eligibility as
    select *, 'both' as arm, 'age' as variable, '<=' as operator
    from (values
        ('one', 'young', '60'), ('one', 'followed', null),
        ('two', 'young', '50'), ('two', 'followed', null)
    ) as rows(analysis_id, criterion, value);
    create table staging.rejected_rows as
    select 'a.csv' as file_name, 3 as line_number, 'no subject' as reason;
    create table staging.rejected_values as
    select 'b.csv' as file_name, 4 as line_number, 'age' as column_name,
        'x' as raw_value, 'no number' as reason;
"""
FILE = """\
patients:
  control:
    source: PROACT
    expect:
      one:
        eligible: true
        speed: 7.46
        endpoints:
          OS: {days: 300, is_event: false}
      two: no candidate
"""


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute(TABLES)
        yield opened


@pytest.fixture
def warehouse(connection):
    return Warehouse(of_duckdb(connection))


@pytest.fixture
def subjects(tmp_path):
    def read(old: str = "", new: str = "") -> dict:
        assert old in FILE
        file = tmp_path / "patients.yml"
        file.write_text(FILE.replace(old, new) if old else FILE, encoding="utf-8")
        return {"PROACT-1": read_patients(file)[0]}

    return read


def test_what_is_as_expected_has_no_difference(warehouse, subjects):
    found = compare(warehouse, subjects())
    # eligible and excluded by nothing, speed, days, event, no candidate
    assert (found.n_expected, found.differences) == (6, ())


@pytest.mark.parametrize(
    ("old", "new", "ending"),
    [
        ("7.46", "7.45", "line 7: control, one: speed expected 7.45, found 7.456"),
        (
            "days: 300",
            "days: 301",
            "line 9: control, one: OS days expected 301, found 300",
        ),
        ("is_event: false", "is_event: true", "is_event expected true, found false"),
        ("is_event: false", "is_event: ", "is_event expected null, found false"),
        (
            "eligible: true",
            "excluded_by: young",
            "excluded_by expected young, found null",
        ),
        (
            "two: no candidate",
            "two: {eligible: true}",
            "candidate expected true, found false",
        ),
    ],
)
def test_what_differs_is_named_with_both_values(warehouse, subjects, old, new, ending):
    differences = compare(warehouse, subjects(old, new)).differences
    assert any(str(each).endswith(ending) for each in differences)


def test_a_candidate_that_should_be_none_is_a_difference(
    connection, warehouse, subjects
):
    connection.execute("update cohort.subjects set analysis_id = 'two'")
    differences = map(str, compare(warehouse, subjects()).differences)
    assert any(
        "two: candidate expected false, found true" in each for each in differences
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("two:", "twoo:", "did you mean 'two'"),
        ("speed", "sped", "line 7: .*did you mean 'speed'"),
        ("OS:", "OSS:", "line 9: .*did you mean 'OS'"),
        ("days:", "day:", "line 9: .*did you mean 'days'"),
    ],
)
def test_a_name_that_the_build_does_not_have_is_refused(
    warehouse, subjects, old, new, words
):
    with pytest.raises(PatientsFileError, match=words):
        compare(warehouse, subjects(old, new))


@pytest.mark.parametrize(
    ("written", "value", "is_equal"),
    [
        ("13.15", 13.1507, True),
        ("13.15", 13.156, False),
        ("13", 13.4, True),
        ("-1.00275", -1.002747, True),
        ("400", 400, True),
        ("true", True, True),
        ("yes", True, True),
        ("1", True, False),
        (None, None, True),
        (None, 0, False),
        ("0", None, False),
        ("Y", "Y", True),
        ("many", 3.0, False),
    ],
)
def test_a_number_agrees_at_the_decimals_written(written, value, is_equal):
    assert agrees(written, value) is is_equal


def test_rules_that_no_patient_shows_are_listed(warehouse, subjects):
    # two has another bound of age than one, and the same rule of follow-up
    both = subjects("two: no candidate", "two: {eligible: true}")
    assert unshown_rules(warehouse, both) == [
        ("one", "followed"),
        ("one", "young"),
        ("two", "young"),
    ]
    assert unshown_rules(warehouse, subjects()) == [
        ("one", "followed"),
        ("one", "young"),
    ]
    excluded = subjects("eligible: true", "excluded_by: young")
    assert unshown_rules(warehouse, excluded) == [("one", "followed")]


def test_facts_that_the_readers_rejected_are_listed(warehouse):
    assert unread_facts(warehouse) == [
        "b.csv line 4: age 'x' no number",
        "a.csv line 3: no subject",
    ]
