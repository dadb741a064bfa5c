"""A fault at any line of a publish leaves a whole file, the last good or the new."""

import multiprocessing
import os
import shutil
import sys
from pathlib import Path

import duckdb
import pytest

from counterarm.warehouse import copy_file, publish

# Every line that runs in these files is a place where a fault is planted.
WATCHED = {file.__file__ for file in (publish, copy_file)}
ALL_WELL, SURVIVED, FAILED, KILLED = 0, 7, 8, 9
# No publish runs so many lines: a loop of the test that does not end is its fault.
MOST = 2000


class PlantedError(OSError):
    """The disk is full, or anything else that a system call can answer."""


def plant(at: int, fault) -> None:
    """Let the line `at`, counted from 1 as they run, be a fault."""
    left = at

    def watch(frame, event, _):
        nonlocal left
        if frame.f_code.co_filename not in WATCHED:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                fault()
        return watch

    sys.settrace(watch)


def publish_with_fault(build: Path, target: Path, way: str, at: int, fault) -> None:
    """Publish; ends without an error where the fault came and was survived."""
    # line by line also through the copying, which is a process of its own otherwise
    publish.copy_in_a_process = copy_file.copy_file
    if way == "rows":
        publish._copy_bytes = lambda *_: False
    with duckdb.connect(str(build)) as connection:
        plant(at, fault)
        try:
            publish.publish(connection, target)
        finally:
            sys.settrace(None)


def kill_at(build: Path, target: Path, way: str, at: int) -> None:
    publish_with_fault(build, target, way, at, lambda: os._exit(KILLED))


def fail_at(build: Path, target: Path, way: str, at: int) -> None:
    planted = []

    def fail():
        planted.append(at)
        raise PlantedError("planted")

    try:
        publish_with_fault(build, target, way, at, fail)
    except OSError:
        os._exit(FAILED)
    os._exit(SURVIVED if planted else ALL_WELL)


def version(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("select count(*) from visits").fetchone() == (1000,)
        return connection.execute("select n from version").fetchone()[0]


def write(file: Path, number: int) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"create table version as select {number} as n")
        connection.execute("create table visits as select i from range(1000) as r (i)")


@pytest.mark.parametrize("way", ["bytes", "rows"])
@pytest.mark.parametrize("fault", [kill_at, fail_at])
def test_a_fault_at_any_line_leaves_a_whole_file(tmp_path, way, fault):
    build, target = tmp_path / "build.duckdb", tmp_path / "out" / "warehouse.duckdb"
    target.parent.mkdir()
    write(build, 2)
    write(tmp_path / "last.duckdb", 1)
    # a process that forks must not have threads: DuckDB's are in the forked ones only
    forked = multiprocessing.get_context("fork")
    ended = []
    for at in range(1, MOST):
        shutil.copy(tmp_path / "last.duckdb", target)
        process = forked.Process(target=fault, args=(build, target, way, at))
        process.start()
        process.join(60)
        ended.append((process.exitcode, version(target)))
        if process.exitcode == ALL_WELL:
            break  # no line is left
    assert len(ended) > 60
    # the old file up to the rename, the new one after it, never anything else; where
    # the publish says nothing of a fault, the new one
    expected = {(KILLED, 1), (KILLED, 2), (ALL_WELL, 2)}
    if fault is fail_at:
        expected = {(FAILED, 1), (FAILED, 2), (SURVIVED, 2), (ALL_WELL, 2)}
    assert set(ended) == expected
    versions = [number for code, number in ended if code != SURVIVED]
    assert versions == sorted(versions)
    with duckdb.connect(str(build)) as connection:
        publish.publish(connection, target)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert version(target) == 2
