"""A build of a part begins with a whole, private copy, and its record stays true."""

import json
import os
import shutil
import stat
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from counterarm.refresh import last_build
from counterarm.refresh.inputs import Inputs, ProjectFiles
from counterarm.refresh.last_build import (
    FROM,
    PLAN,
    STATE,
    LastBuildError,
    bring_last_build,
    state,
)
from counterarm.refresh.plan import FULL, PART, Plan
from counterarm.refresh.prepared import forget_changed_inputs, look, prepared
from counterarm.warehouse import publish


@pytest.fixture
def published(tmp_path, monkeypatch) -> Path:
    file = tmp_path / "w.duckdb"
    file.write_bytes(os.urandom(10_000))
    (tmp_path / STATE).write_text(json.dumps(state(file)))
    monkeypatch.setenv(PLAN, str(tmp_path))
    monkeypatch.setenv(FROM, str(file))
    return file


@pytest.fixture
def build_file(published) -> Path:
    file = published.with_name("w_build.duckdb")
    file.write_bytes(b"what a failed build left")
    file.with_name(f"{file.name}.wal").touch()
    return file


def test_the_copy_is_whole_and_private_and_no_log_is_left(published, build_file):
    (published.parent / f".{build_file.name}.starting-old").touch()
    bring_last_build(build_file)
    assert build_file.read_bytes() == published.read_bytes()
    assert stat.S_IMODE(build_file.stat().st_mode) == 0o600
    left = sorted(path.name for path in published.parent.iterdir())
    assert left == sorted([published.name, build_file.name, STATE])


def test_a_build_of_everything_begins_with_what_is_there(build_file, monkeypatch):
    monkeypatch.delenv(FROM)
    bring_last_build(build_file)
    assert build_file.read_bytes() == b"what a failed build left"


def test_a_file_that_was_published_since_the_plan_is_refused(published, build_file):
    other = published.with_name("other")
    shutil.copy(published, other)
    other.replace(published)
    with pytest.raises(LastBuildError, match="another build was published"):
        bring_last_build(build_file)
    assert build_file.read_bytes() == b"what a failed build left"
    assert not list(published.parent.glob(".*starting*"))


def test_a_fault_at_any_line_leaves_the_published_file_and_no_half_copy(
    published, build_file
):
    before, bytes_before = state(published), published.read_bytes()
    for at in range(1, 100):
        build_file.write_bytes(b"old")
        if not _fails_at(at, build_file):
            break
        assert build_file.read_bytes() in (b"old", bytes_before)
    assert 8 < at < 99
    assert state(published) == before
    assert published.read_bytes() == bytes_before


def _fails_at(at: int, build_file: Path) -> bool:
    left = at

    def watch(frame, event, _):
        nonlocal left
        if frame.f_code.co_filename != last_build.__file__:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise OSError("planted")
        return watch

    sys.settrace(watch)
    try:
        bring_last_build(build_file)
    except OSError:
        return True
    finally:
        sys.settrace(None)
    return False


@pytest.fixture
def inputs(tmp_path) -> Inputs:
    for name in ("dbt_project.yml", "profiles.yml", "seeds/a.csv", "proact/x.csv"):
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a: 1\n")
    root = tmp_path / "project"
    (root / "sites").mkdir()
    settings = {"COUNTERARM_PROACT_DIR": "proact", "COUNTERARM_SITES_DIR": "sites"}
    return Inputs(ProjectFiles.of(root, root), settings)


@pytest.mark.parametrize("kind", [PART, FULL])
def test_dbt_is_given_the_plan_while_it_runs(inputs, published, monkeypatch, kind):
    monkeypatch.setenv(FROM, "of an outer build")
    with prepared(Plan(kind, "", {"a": "1"}), published, look(published, inputs)):
        folder = Path(os.environ[PLAN])
        assert json.loads((folder / "inputs.json").read_text()) == [
            {"input_name": "a", "digest": "1"}
        ]
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert os.environ.get(FROM) == (str(published) if kind == PART else None)
    assert not folder.exists()
    assert os.environ[FROM] == "of an outer build"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("seeds/a.csv", lambda file: file.write_text("b: 2\n")),
        # written and written back
        ("seeds/a.csv", lambda file: file.write_text(file.read_text())),
        ("proact/x.csv", lambda file: file.unlink()),
        ("proact", lambda file: [(file / "y").touch(), (file / "y").unlink()]),
        # a site that came and went
        ("sites", lambda file: [(file / "y").mkdir(), (file / "y").rmdir()]),
    ],
)
def test_the_record_of_inputs_that_were_written_to_is_emptied(
    inputs, published, name, change
):
    with duckdb.connect() as connection:
        connection.execute("create schema quality")
        connection.execute("create table quality.build_inputs as select 1 as n")
        with prepared(Plan(FULL, ""), published, look(published, inputs)):
            assert forget_changed_inputs(connection) == []
            assert connection.execute("from quality.build_inputs").fetchall()
            change(inputs.project.root / name)
            changed = forget_changed_inputs(connection)
        assert str(inputs.project.root / name) in changed
        assert not connection.execute("from quality.build_inputs").fetchall()


def test_what_is_published_or_written_while_the_plan_is_made_is_a_change(
    inputs, published, build_file
):
    seen = look(published, inputs)
    seed = inputs.project.root / "seeds" / "a.csv"
    seed.write_text("b: 2\n")
    other = published.with_name("other")
    shutil.copy(published, other)
    other.replace(published)
    with duckdb.connect() as connection:
        connection.execute("create schema quality")
        connection.execute("create table quality.build_inputs as select 1 as n")
        with prepared(Plan(PART, ""), published, seen):
            with pytest.raises(LastBuildError):
                bring_last_build(build_file)
            assert forget_changed_inputs(connection) == [str(seed)]


@pytest.mark.parametrize(
    ("n_taken_over", "begins_with", "is_part"),
    [(0, "", False), (7, "", True), (0, "w.duckdb", True)],
)
def test_only_a_whole_build_is_published_where_an_input_was_written_to(
    tmp_path, monkeypatch, n_taken_over, begins_with, is_part
):
    copied = []
    monkeypatch.setenv(FROM, begins_with)
    monkeypatch.setattr(publish, "forget_changed_inputs", lambda _: ["a.csv"])
    monkeypatch.setattr(publish, "publish", lambda _, target: copied.append(target))
    row = {"is_full": True, "n_left_out": 0, "n_taken_over": n_taken_over}
    if is_part:
        with pytest.raises(ValueError, match=r"a\.csv was written to while"):
            publish.publish_if_full(None, tmp_path, pd.DataFrame([row]))
    else:
        publish.publish_if_full(None, tmp_path, pd.DataFrame([row]))
    assert copied == ([] if is_part else [tmp_path])


def test_without_a_plan_there_is_no_record_to_empty(monkeypatch):
    monkeypatch.delenv(PLAN, raising=False)
    assert forget_changed_inputs(None) == []
