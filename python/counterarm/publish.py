"""Publish a build: a whole copy takes the place of the last good file, or none does."""

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
    made by a cursor of its own, in one transaction, and holds what is committed.
    All schemas are copied, with comments, keys, indexes, sequences and macros. The
    copy is written beside `target`, brought to the disk and renamed, so a reader sees
    the old file or the new one; who has the old one open keeps reading it. On any
    error, and if the process is killed, `target` stays as it was; what a killed
    process left behind is removed by the next publish.

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
        target.parent.mkdir(parents=True, exist_ok=True)
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

    `scope` is the one row of `quality.build_scope`: is_full and n_left_out, of models,
    seeds and data tests. Unit tests are of the code: a build without them is published,
    and one in which they ran and failed is not, since what follows is skipped. Returns
    one row: warehouse, is_published, reason. Raises as `publish` does.
    """
    row = scope.iloc[0]
    if row["is_full"]:
        publish(connection, target)
        reason = "every model, seed and data test of the build passed"
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
    name = f"publishing_{uuid.uuid4().hex}"
    fresh = target.with_name(_prefix(target) + uuid.uuid4().hex)
    try:
        _copy(cursor, source, fresh, name)
        if target.exists():
            shutil.copymode(target, fresh)
        _to_disk(fresh)
        # A log that a killed writer left beside the old file is not the new one's.
        _wal(target).unlink(missing_ok=True)
        os.replace(fresh, target)
        _to_disk(target.parent)
    finally:
        for path in (fresh, _wal(fresh)):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _copy(cursor: Any, source: str, fresh: Path, name: str) -> None:
    """Copy the open database to a new file and close that again."""
    literal = str(fresh).replace("'", "''")
    cursor.execute(f"attach '{literal}' as {name}")
    try:
        cursor.execute("begin")
        quoted = source.replace('"', '""')
        cursor.execute(f'copy from database "{quoted}" to {name}')
        for query in (_TABLES, _COLUMNS):
            was, became = (
                cursor.execute(query, [database]).fetchall()
                for database in (source, name)
            )
            if was != became:
                raise OSError("the copy differs from the build")
        cursor.execute("commit")
        cursor.execute(f"checkpoint {name}")
    except BaseException:
        with suppress(duckdb.Error):
            cursor.execute("rollback")
        raise
    finally:
        cursor.execute(f"detach {name}")
    if _wal(fresh).exists():
        raise OSError("the copy was not written to the end")


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
