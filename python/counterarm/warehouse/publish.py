"""Publish a build: a whole copy takes the place of the last good file, or none does.

DuckDB is asked itself, not through ibis: its file is copied byte by byte.
"""

import os
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from counterarm.private import umask
from counterarm.refresh.last_build import FROM
from counterarm.refresh.prepared import forget_changed_inputs
from counterarm.sql_words import sql_name, sql_text
from counterarm.warehouse.copy_file import copy_in_a_process

try:
    import fcntl
except ImportError:  # Windows has no file locks of this kind
    fcntl = None

# flock is between processes and open files; this is for threads where there is none.
_TURN = threading.Lock()

_TABLES = """
    select schema_name, table_name, comment
    from duckdb_tables()
    where database_name = ? and not internal
    order by all
"""
_COLUMNS = """
    select schema_name, table_name, column_index, column_name, data_type, comment
    from duckdb_columns()
    where database_name = ? and not internal
    order by all
"""


def publish(connection: Any, target: Path) -> None:
    """Put a whole copy of the database that `connection` has open at `target`.

    `connection` is a DuckDB connection or a cursor of one, in any state: the copy is
    made by a cursor of its own, and holds what is committed: all schemas, with
    comments, keys, indexes, sequences and macros. Usually DuckDB brings all to the
    build's file, which is then copied byte for byte and compared. The copy is written
    beside `target`, brought to the disk and renamed, so a reader sees the old file or
    the new one; who has the old one open keeps reading it. It keeps the mode of the
    old one; a first file has that of `counterarm.private`. On any error, and if the
    process is killed, `target` stays as it was; what a killed process left behind is
    removed by the next publish.

    Raises `ValueError` if the database has no tables or has views (a view keeps the
    name of the file it was made in), or if `target` is the open file itself or no
    file; `OSError` if the copy cannot be written. Both name `target`.
    """
    target = Path(target).resolve()
    if target.is_dir():
        raise ValueError(f"cannot publish to {target}: it is a folder")
    cursor = connection.cursor()
    try:
        source = _checked_source(cursor, target)
        target.parent.mkdir(mode=0o777 & ~umask(), parents=True, exist_ok=True)
        with _turn(target.parent):
            _remove_stale(target)
            _replace(cursor, source, target)
    except (OSError, duckdb.Error) as error:
        raise OSError(
            f"cannot publish to {target}, which stays as it was: {error}"
        ) from error
    finally:
        cursor.close()


def publish_if_full(connection: Any, target: Path, scope: pd.DataFrame) -> pd.DataFrame:
    """Publish a build of everything, and say of any other why it is not published.

    `scope` is the one row of `quality.build_scope`: is_full, n_left_out and
    n_taken_over, of models, seeds and data tests. Unit tests are of the code: a build
    without them is published, and one in which they ran and failed is not, since what
    follows is skipped. Returns one row: warehouse, is_published, reason. Raises as
    `publish` does, and `ValueError` for a build that has taken over tables and whose
    inputs were written to meanwhile: they may be of different inputs.
    """
    row = scope.iloc[0]
    if row["is_full"]:
        changed = forget_changed_inputs(connection)
        # a part may select everything and leave most of it as it was
        if changed and (row["n_taken_over"] or os.environ.get(FROM)):
            raise ValueError(
                f"not published: {changed[0]} was written to while the build ran, and "
                "what was taken over from the build before may not fit; run "
                "`counterarm build` again"
            )
        publish(connection, target)
        reason = "every model, seed and data test of the build passed"
        if row["n_taken_over"]:
            reason += (
                f"; {row['n_taken_over']} were taken over from the published file "
                "before, since nothing that they are made from had changed"
            )
    else:
        reason = (
            f"the run left out {row['n_left_out']} models, seeds or data tests; "
            "only a build of all of them is published"
        )
    return pd.DataFrame(
        [(str(target), bool(row["is_full"]), reason)],
        columns=["warehouse", "is_published", "reason"],
    )


def _checked_source(cursor: Any, target: Path) -> str:
    """Return the name of the open database, or refuse it."""
    source, path = cursor.execute(
        "select database_name, path from duckdb_databases() "
        "where database_name = current_database()"
    ).fetchone()
    if path and Path(path).resolve() == target:
        raise ValueError(f"cannot publish to {target}: it is the file being built")
    views = cursor.execute(
        "select schema_name || '.' || view_name from duckdb_views() "
        "where database_name = ? and not internal order by all",
        [source],
    ).fetchall()
    if views:
        named = ", ".join(name for (name,) in views)
        raise ValueError(
            f"cannot publish to {target}: views keep the name of the file they were "
            f"made in; make tables of {named}"
        )
    if not cursor.execute(_TABLES, [source]).fetchall():
        raise ValueError(f"cannot publish to {target}: database {source} has no tables")
    return source


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Let one publish at a time into a folder; the system frees a dead one's turn."""
    with _TURN:
        descriptor = os.open(folder, os.O_RDONLY) if fcntl else None
        try:
            if descriptor is not None:
                # Some network file systems lock no folders; the rename stays atomic.
                with suppress(OSError):
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            if descriptor is not None:
                os.close(descriptor)


def _prefix(target: Path) -> str:
    return f".{target.name}.publishing-"


def _remove_stale(target: Path) -> None:
    prefix = _prefix(target)
    for path in target.parent.iterdir():
        if path.name.startswith(prefix):
            path.unlink(missing_ok=True)


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _replace(cursor: Any, source: str, target: Path) -> None:
    fresh = target.with_name(_prefix(target) + uuid.uuid4().hex)
    try:
        if not _copy_bytes(cursor, source, fresh):
            _copy_rows(cursor, source, fresh)
        _compare(cursor, source, fresh)
        if target.exists():
            shutil.copymode(target, fresh)
        else:
            fresh.chmod(0o666 & ~umask())
        _to_disk(fresh)
        # A log that a killed writer left beside the old file is not the new one's.
        _wal(target).unlink(missing_ok=True)
        os.replace(fresh, target)
        # Some network file systems cannot; after a loss of power the old file is there
        # or the new one, and whole.
        with suppress(OSError):
            _to_disk(target.parent)
    finally:
        for path in (fresh, _wal(fresh)):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _copy_bytes(cursor: Any, source: str, fresh: Path) -> bool:
    """Copy the open database's file, or return False where its rows must be copied.

    They must be where there is no file, a transaction keeps DuckDB from bringing all to
    the file, most of the file is free blocks, or the system lets no other process
    read an open file (Windows).
    """
    (path,) = cursor.execute(
        "select path from duckdb_databases() where database_name = ?", [source]
    ).fetchone()
    if not path or os.name == "nt":
        return False
    file = Path(path)
    try:
        cursor.execute(f"checkpoint {sql_name(source)}")
    except duckdb.TransactionException:
        return False
    total, free = cursor.execute(
        "select total_blocks, free_blocks from pragma_database_size() "
        "where database_name = ?",
        [source],
    ).fetchone()
    if free > total / 2:
        return False
    before = _state(file)
    _make_private(fresh)
    copy_in_a_process(file, fresh)
    if _state(file) != before:
        raise OSError("the build was written to while it was copied")
    return True


def _state(file: Path) -> tuple[int, int, int]:
    """Return what shows a write to a database: size and time of file, size of log."""
    found, log = file.stat(), _wal(file)
    return found.st_size, found.st_mtime_ns, log.stat().st_size if log.exists() else 0


def _make_private(fresh: Path) -> None:
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _copy_rows(cursor: Any, source: str, fresh: Path) -> None:
    """Copy the tables of the open database to a new file, which takes longer."""
    name = f"publishing_{uuid.uuid4().hex}"
    cursor.execute(f"attach {sql_text(str(fresh))} as {name}")
    try:
        # nothing is in it yet; DuckDB refuses an empty file that is there before
        fresh.chmod(0o600)
        cursor.execute(f"copy from database {sql_name(source)} to {name}")
        cursor.execute(f"checkpoint {name}")
    finally:
        cursor.execute(f"detach {name}")


def _compare(cursor: Any, source: str, fresh: Path) -> None:
    """Open the copy and check that it holds the same tables, columns and comments."""
    if _wal(fresh).exists():
        raise OSError("the copy was not written to the end")
    with duckdb.connect(str(fresh), read_only=True) as copy:
        (name,) = copy.execute("select current_database()").fetchone()
        for query in (_TABLES, _COLUMNS):
            was = cursor.execute(query, [source]).fetchall()
            if was != copy.execute(query, [name]).fetchall():
                raise OSError("the copy differs from the build")


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
