"""What the last build had and a delivery has not is named; an equal one is silent."""

import shutil

import duckdb
import pytest

from counterarm.comparison import COLUMNS, delivery_changes

# Ten patients of two visits and an event each, and three subjects of PRO-ACT.
TABLES = """
    create schema staging;
    create table staging.delivered_files as
    select * from (values
        ('ulm', 'site', 'subjects', true, 'subjects.csv', 'a'),
        ('ulm', 'site', 'visits', true, 'visits.csv', 'b'),
        ('ulm', 'site', 'events', true, 'events.csv', 'c'),
        ('ulm', 'site', 'medications', false, null, null),
        ('ulm', 'site', null, true, 'notes.txt', null),
        ('proact', 'proact', 'labs', true, 'PROACT_LABS.csv', 'd'),
        ('proact', 'proact', 'demographics', true, 'PROACT_DEMOGRAPHICS.csv', 'e')
    ) as t (source, source_kind, table_name, is_delivered, file_name, sha256);
    create table staging.stg_site__subjects as
    select 'ulm' as source, 'U-' || i as subject_id, 'M' as sex, i as row_number,
        'kept' as row_status
    from range(10) as r (i);
    create table staging.stg_site__visits as
    select 'ulm' as source, 'U-' || i as subject_id,
        date '2020-01-01' + cast(30 * v as integer) as visit_date,
        cast(4 - v as double) as q8_walking, 2 * i + v as row_number,
        'kept' as row_status
    from range(10) as r (i), range(2) as s (v);
    create table staging.stg_site__events as
    select 'ulm' as source, 'U-' || i as subject_id,
        case when i < 3 then 'Death' else 'LAST_CONTACT' end as event,
        date '2021-01-01' as event_date, i as row_number, 'kept' as row_status
    from range(10) as r (i);
    create table staging.stg_site__medications as
    select 'ulm' as source, 'x' as subject_id, 1 as row_number, 'kept' as row_status
    where false;
    create table staging.stg_proact__demographics as
    select 'proact' as source, cast(i as varchar) as subject_id, 50 as age,
        i as row_number, 'kept' as row_status
    from range(3) as r (i);
    create table staging.stg_proact__labs as
    select 'proact' as source, cast(i as varchar) as subject_id, 'ALT' as test_name,
        i as row_number, 'kept' as row_status
    from range(3) as r (i);
"""


@pytest.fixture
def last(tmp_path):
    path = tmp_path / "last.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute(TABLES)
    return path


@pytest.fixture
def compare(last, tmp_path):
    """Change a copy of the last build, and compare it; files named have new bytes."""

    def run(*statements: str, files: tuple[str, ...] = ()):
        now = tmp_path / "now.duckdb"
        shutil.copy(last, now)
        with duckdb.connect(str(now)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.execute(
                "update staging.delivered_files set sha256 = sha256 || '2' "
                "where list_contains(?, table_name)",
                [list(files)],
            )
            return delivery_changes(connection, last)

    return run


def shown(found, *columns: str) -> list[list]:
    names = list(columns or ("source", "what", "change", "subject_id", "n"))
    return found[names].astype(object).where(found[names].notna(), None).values.tolist()


def test_the_same_delivery_gives_no_row(compare):
    found = compare()
    assert found.empty
    assert found.columns.tolist() == COLUMNS


def test_other_bytes_of_the_same_rows_give_no_row(compare):
    assert compare(files=("visits", "events", "labs")).empty


def test_files_of_equal_bytes_are_not_looked_into(compare):
    assert compare(
        "delete from staging.stg_site__visits where subject_id = 'U-1'"
    ).empty


def test_a_death_that_became_a_withdrawal_is_named(compare):
    found = compare(
        "update staging.stg_site__events set event = 'WITHDRAWAL' "
        "where subject_id = 'U-1'",
        files=("events",),
    )
    assert shown(found) == [
        ["ulm", "death", "lost", "U-1", 1],
        ["ulm", "event", "added", None, 1],
        ["ulm", "event", "lost", "U-1", 1],
    ]
    assert found["found"].tolist()[2] == "Death"


def test_a_file_cut_at_a_line_end_names_subjects_and_counts(compare):
    found = compare(
        "delete from staging.stg_site__visits where row_number >= 17",
        files=("visits",),
    )
    assert shown(found, "what", "change", "subject_id", "n", "n_before", "n_now") == [
        ["assessment", "lost", "U-8", 1, 20, 17],
        ["assessment", "lost", "U-9", 2, 20, 17],
    ]
    assert found["found"].tolist() == ["2020-01-31", "2020-01-01"]


def test_a_changed_value_is_named_with_both(compare):
    found = compare(
        "update staging.stg_site__subjects set sex = 'F' where subject_id = 'U-3'",
        "update staging.stg_site__visits set q8_walking = null "
        "where subject_id = 'U-4' and visit_date > '2020-01-15'",
        "insert into staging.stg_site__visits by name "
        "select 'ulm' as source, 'U-1' as subject_id, date '2022-01-01' as visit_date, "
        "'kept' as row_status",
        files=("subjects", "visits"),
    )
    assert shown(found, "what", "change", "subject_id", "n", "found") == [
        ["subject", "changed", "U-3", 1, "sex: M -> F"],
        ["assessment", "added", None, 1, None],
        ["assessment", "changed", "U-4", 1, "2020-01-31 q8_walking: 3.0 -> empty"],
    ]


def test_a_code_that_was_turned_round_for_everybody_is_a_change(compare):
    found = compare(
        "update staging.stg_site__subjects set sex = 'F'", files=("subjects",)
    )
    assert set(found["change"]) == {"changed"}
    assert len(found) == 10


def test_a_lost_subject_and_a_lost_file_are_named(compare):
    found = compare(
        "delete from staging.stg_proact__demographics where subject_id = '2'",
        "update staging.delivered_files set is_delivered = false "
        "where table_name = 'labs'",
        files=("demographics",),
    )
    assert shown(found) == [
        ["proact", "subject", "lost", "2", 1],
        ["proact", "file", "lost", None, 1],
    ]


def test_a_new_site_is_only_counted(compare):
    found = compare(
        "insert into staging.delivered_files by name select 'graz' as source, "
        "'site' as source_kind, 'subjects' as table_name, true as is_delivered, "
        "'subjects.csv' as file_name, 'z' as sha256"
    )
    assert shown(found) == [["graz", "file", "added", None, 1]]


def test_another_delivery_is_said_to_be_one(compare):
    found = compare(
        "update staging.stg_site__subjects set subject_id = 'N' || subject_id",
        "update staging.stg_site__visits set subject_id = 'N' || subject_id",
        files=("subjects", "visits", "events"),
    )
    assert shown(found, "source", "what", "change") == [["ulm", "delivery", "another"]]
    assert "0 of 10 subjects" in found["found"].item()


def test_half_of_the_subjects_are_still_the_same_delivery(compare):
    found = compare(
        "delete from staging.stg_site__subjects where row_number >= 5",
        files=("subjects",),
    )
    assert set(found["what"]) == {"subject"}
    assert len(found) == 5


def test_where_nothing_was_published_there_is_nothing_to_say(tmp_path):
    with duckdb.connect() as connection:
        assert delivery_changes(connection, tmp_path / "none.duckdb").empty
        with duckdb.connect(str(tmp_path / "other.duckdb")) as other:
            other.execute("create table notes as select 1 as n")
        assert delivery_changes(connection, tmp_path / "other.duckdb").empty


def test_a_last_build_that_cannot_be_read_is_named(tmp_path, last):
    (tmp_path / "broken.duckdb").write_bytes(b"no database" * 1000)
    with duckdb.connect() as connection:
        found = delivery_changes(connection, tmp_path / "broken.duckdb")
    assert shown(found, "what", "change") == [["delivery", "not_compared"]]
    with duckdb.connect(str(last)) as older:
        older.execute("alter table staging.delivered_files drop column sha256")
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        found = delivery_changes(connection, last)
    assert shown(found, "what", "change") == [["delivery", "not_compared"]]
