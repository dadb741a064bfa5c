"""A publish puts a whole copy in place, or leaves the last good file as it was."""

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import duckdb
import pytest

from counterarm.warehouse import publish as module
from counterarm.warehouse.publish import publish

BUILD = """
    create schema adam;
    create schema quality;
    create table adam.adsl (usubjid varchar primary key, age double check (age > 0));
    create table adam.adae (usubjid varchar references adam.adsl (usubjid), aeseq int);
    create table quality.empty (n bigint not null);
    create table visits as select i as n, i % 48 as total from range(1000) as r (i);
    comment on table adam.adsl is 'One row per subject; it''s ADSL.';
    comment on column adam.adsl.age is 'Age, in "years".';
    create index by_sequence on adam.adae (aeseq);
    insert into adam.adsl values ('A-1', 54.5), ('A-2', null);
    insert into adam.adae values ('A-1', 1);
"""


@pytest.fixture
def build(tmp_path):
    with duckdb.connect(str(tmp_path / "it's a build.duckdb")) as connection:
        connection.execute(BUILD)
        yield connection


@pytest.fixture
def target(tmp_path) -> Path:
    """A last good file, which says version 1."""
    file = tmp_path / "warehouse" / "counter arm's.duckdb"
    file.parent.mkdir()
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table version as select 1 as n")
    return file


def version(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute("select n from version").fetchone()[0]


def test_every_table_is_equal_with_its_comments_and_constraints(build, target):
    publish(build, target)
    catalog = (
        "select table_name, comment, sql from duckdb_tables() order by all",
        "select table_name, column_name, data_type, is_nullable, comment "
        "from duckdb_columns() where not internal order by all",
        "select table_name, constraint_text from duckdb_constraints() order by all",
        "select index_name from duckdb_indexes()",
        "from adam.adsl order by all",
        "from adam.adae order by all",
        "from quality.empty order by all",
        "from visits order by all",
    )
    with duckdb.connect(str(target), read_only=True) as copy:
        for query in catalog:
            assert copy.execute(query).fetchall() == build.execute(query).fetchall()
        comments = copy.execute(
            "select comment from duckdb_tables() where comment is not null"
        ).fetchall()
        assert comments == [("One row per subject; it's ADSL.",)]


def test_a_first_publish_makes_folder_and_file_and_nothing_else(build, tmp_path):
    target = tmp_path / "new" / "deep" / "warehouse.duckdb"
    publish(build, target)
    assert [path.name for path in target.parent.iterdir()] == ["warehouse.duckdb"]


def test_a_reader_keeps_the_old_file_and_the_next_one_sees_the_new(build, target):
    reading = """
        import duckdb, sys
        with duckdb.connect(sys.argv[1], read_only=True) as reader:
            print(reader.execute("select n from version").fetchone()[0], flush=True)
            sys.stdin.readline()
            print(reader.execute("select n from version").fetchone()[0], flush=True)
    """
    reader = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(reading), str(target)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout.readline() == "1\n"
    build.execute("create table version as select 2 as n")
    publish(build, target)
    assert version(target) == 2
    assert reader.communicate("\n", timeout=60)[0] == "1\n"


def test_what_is_not_committed_is_not_published(build, target):
    session = build.cursor()
    session.execute("begin")
    session.execute("create table half as select 1 as n")
    publish(session, target)
    session.execute("rollback")
    with duckdb.connect(str(target), read_only=True) as copy:
        tables = copy.execute("select table_name from duckdb_tables()").fetchall()
    assert ("visits",) in tables
    assert ("half",) not in tables


def test_the_build_can_go_on_after_a_publish(build, target):
    for n in (2, 3):
        build.execute(f"create or replace table version as select {n} as n")
        publish(build, target)
        assert version(target) == n
    names = build.execute("select database_name from duckdb_databases()").fetchall()
    assert not [name for (name,) in names if name.startswith("publishing")]


def test_publishes_of_two_threads_follow_one_another(build, target):
    build.execute("create table version as select 2 as n")
    problems = []

    def one():
        try:
            publish(build, target)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert version(target) == 2
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_an_engine_failure_in_the_middle_leaves_the_old_file(build, target):
    class Failing:
        def __init__(self):
            self.inner = build.cursor()

        def cursor(self):
            return self

        def execute(self, query, *rest):
            if query.startswith("checkpoint"):
                raise duckdb.IOException("disk is gone")
            return self.inner.execute(query, *rest)

        def close(self):
            self.inner.close()

    with pytest.raises(OSError, match="disk is gone"):
        publish(Failing(), target)
    assert version(target) == 1
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    publish(build, target)


def test_a_log_left_by_a_killed_writer_does_not_reach_the_new_file(build, target):
    Path(f"{target}.wal").write_bytes(b"of another file")
    build.execute("create table version as select 2 as n")
    publish(build, target)
    assert version(target) == 2


def test_views_are_refused_by_name(build, target):
    build.execute("create view adam.seen as select * from adam.adsl")
    build.register("frame", build.execute("select 1 as n").df())
    with pytest.raises(ValueError, match=r"make tables of adam\.seen$") as refusal:
        publish(build, target)
    assert str(target) in str(refusal.value)
    assert version(target) == 1


def test_the_open_file_itself_is_refused(build, tmp_path):
    with pytest.raises(ValueError, match="it is the file being built"):
        publish(build, tmp_path / "it's a build.duckdb")


def test_a_folder_is_refused(build, tmp_path):
    with pytest.raises(ValueError, match="it is a folder"):
        publish(build, tmp_path)


def test_a_database_without_tables_is_refused(target):
    with (
        duckdb.connect() as empty,
        pytest.raises(ValueError, match="has no tables"),
    ):
        publish(empty, target)
    assert version(target) == 1


def test_a_folder_that_cannot_be_made_is_named(build, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match=r"cannot publish to .*file/warehouse\.duckdb"):
        publish(build, tmp_path / "file" / "warehouse.duckdb")


def test_a_link_keeps_pointing_and_permissions_are_kept(build, target, tmp_path):
    link = tmp_path / "link.duckdb"
    link.symlink_to(target)
    target.chmod(0o640)
    build.execute("create table version as select 2 as n")
    publish(build, link)
    assert link.is_symlink()
    assert version(target) == 2
    assert target.stat().st_mode & 0o777 == 0o640


def test_what_a_first_publish_makes_is_for_its_user_only(build, tmp_path, monkeypatch):
    target = tmp_path / "new" / "warehouse.duckdb"
    publish(build, target)
    assert target.stat().st_mode & 0o777 == 0o600
    assert target.parent.stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("COUNTERARM_UMASK", "027")
    other = tmp_path / "shared" / "warehouse.duckdb"
    publish(build, other)
    assert other.stat().st_mode & 0o777 == 0o640
    assert other.parent.stat().st_mode & 0o777 == 0o750


def never(*_):
    raise AssertionError("rows were copied")


def test_a_build_is_copied_byte_for_byte(build, target, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_copy_rows", never)
    build.execute("create table version as select 2 as n")
    # as a model of dbt has it: a transaction that has read and wrote nothing
    session = build.cursor()
    session.execute("begin")
    assert session.execute("select count(*) from visits").fetchone() == (1000,)
    publish(session, target)
    session.execute("rollback")
    assert target.read_bytes() == (tmp_path / "it's a build.duckdb").read_bytes()
    assert version(target) == 2


def test_a_publish_leaves_the_lock_of_the_open_file_alone(build, target, tmp_path):
    opening = "import duckdb, sys; duckdb.connect(sys.argv[1])"
    file = str(tmp_path / "it's a build.duckdb")

    def opened_by_another() -> bool:
        command = [sys.executable, "-c", opening, file]
        return subprocess.run(command, capture_output=True).returncode == 0

    assert not opened_by_another()
    publish(build, target)
    assert not opened_by_another()


def test_a_build_that_is_mostly_free_blocks_is_made_small(build, target, tmp_path):
    build.execute("create table wide as select hash(i) as h from range(2000000) r (i)")
    build.execute("checkpoint")
    # a table behind it keeps the file from being cut off at its end
    build.execute("create table behind as select hash(i) as h from range(40000) r (i)")
    build.execute("checkpoint")
    build.execute("drop table wide")
    build.execute("create table version as select 2 as n")
    publish(build, target)
    large = (tmp_path / "it's a build.duckdb").stat().st_size
    assert target.stat().st_size < large / 2
    assert version(target) == 2
