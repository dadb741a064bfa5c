"""Compare the staged tables with those of the build that was published last.

DuckDB is asked itself, not through ibis: dbt's connection attaches the other file.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from counterarm.comparison.rows import Files, changed_rows, lost_deaths
from counterarm.sql_words import sql_text

COLUMNS = [
    "source",
    "table_name",
    "file_name",
    "what",
    "change",
    "subject_id",
    "n",
    "n_before",
    "n_now",
    "found",
]
LAST = "last_build"
# With fewer subjects or rows in common two deliveries are not versions of one.
SHARED_SUBJECTS = 0.5
SHARED_ROWS = 0.1


def delivery_changes(connection: Any, last_build: str | Path) -> pd.DataFrame:
    """Return one row per thing that the last published build had and this one has not.

    `connection` is an open DuckDB connection whose file holds the staged tables of
    this build; `last_build` is the file of the last published one, which is opened
    read-only. Columns are those of `COLUMNS`: `what` is file, subject, arm, history,
    death, assessment, dose, event, riluzole, row or delivery; `change` is lost,
    changed, added (counted for a table, no subject named), another (the last build is
    of another delivery, and nothing of the source is listed) or not_compared.

    There is no row where the delivery is the same, and none where the file is not
    there or is no build. Files whose bytes are equal are not looked into.
    """
    last_build = Path(last_build)
    if not last_build.is_file():
        return _table([])
    cursor = connection.cursor()
    try:
        cursor.execute(f"attach {sql_text(str(last_build))} as {LAST} (read_only)")
    except duckdb.Error as error:
        cursor.close()
        reason = str(error).splitlines()[0]
        return _table([_delivery(None, "not_compared", f"{last_build.name}: {reason}")])
    try:
        if not _tables(cursor, LAST):
            return _table([])
        return _table(_compared(cursor))
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        found = f"it was built by another version of counterarm ({reason})"
        return _table([_delivery(None, "not_compared", found)])
    finally:
        with suppress(duckdb.Error):
            cursor.execute(f"detach {LAST}")
        cursor.close()


def _compared(cursor: Any) -> list[dict]:
    this = cursor.execute("select current_database()").fetchone()[0]
    before, now = _files(cursor, LAST), _files(cursor, this)
    common = _tables(cursor, this) & _tables(cursor, LAST)
    files = Files(LAST, this, before, now)
    rows: list[dict] = []
    for source in sorted({source for source, _ in before} | {s for s, _ in now}):
        rows += _of_source(cursor, source, files, common)
    return rows


def _of_source(cursor: Any, source: str, files: Files, tables: set[str]) -> list[dict]:
    """Return the rows about one source."""
    before = {table for of, table in files.before if of == source}
    now = {table for of, table in files.now if of == source}
    rows = []
    for table in sorted(before - now):
        n = files.count(cursor, files.last, source, table)
        rows.append(_file(source, table, "lost", files.before, n, 0))
    if not before:
        return [
            _file(
                source,
                table,
                "added",
                files.now,
                0,
                files.count(cursor, files.this, source, table),
            )
            for table in sorted(now)
        ]
    changed = [
        table
        for table in sorted(before & now)
        if table in tables
        and files.before[source, table][1] != files.now[source, table][1]
    ]
    shared = sorted((before & now & tables) - set(changed))
    if changed and (words := _another(cursor, source, files, changed, shared)):
        return [_delivery(source, "another", words)]
    for table in changed:
        rows += changed_rows(cursor, source, table, files)
        rows += lost_deaths(cursor, source, table, files)
    rows += [
        _file(
            source,
            table,
            "added",
            files.now,
            0,
            files.count(cursor, files.this, source, table),
        )
        for table in sorted(now - before)
    ]
    return rows


def _another(
    cursor: Any,
    source: str,
    files: Files,
    changed: Sequence[str],
    unchanged: Sequence[str],
) -> str | None:
    """Say why the last build's source is of another delivery, None where it is not."""
    listing = "stg_proact__demographics" if source == "proact" else "stg_site__subjects"
    n, shared = files.shared_subjects(cursor, source, listing)
    n_rows = n_kept = sum(
        files.count(cursor, files.last, source, table) for table in unchanged
    )
    for table in changed:
        of_table = files.shared_rows(cursor, source, table)
        n_rows, n_kept = n_rows + of_table[0], n_kept + of_table[1]
    if (n == 0 or shared >= SHARED_SUBJECTS * n) and n_kept >= SHARED_ROWS * n_rows:
        return None
    return (
        f"{shared:,} of {n:,} subjects and {n_kept:,} of {n_rows:,} rows of the last "
        f"build are there{_real(cursor)}; it is of another delivery or release, and "
        "its rows are not listed"
    )


def _real(cursor: Any) -> str:
    """Say whether the last build was of a synthetic delivery, where it is known."""
    with suppress(duckdb.Error):
        found = cursor.execute(
            f"select value from {LAST}.results.provenance "
            "where name = 'delivery_is_real'"
        ).fetchone()
        if found:
            kind = "real" if found[0] == "true" else "synthetic"
            return f" (the last build was of a {kind} delivery)"
    return ""


def _files(cursor: Any, database: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Return names and digests of the files of each source and staged table."""
    found = cursor.execute(
        f"""
        select
            source,
            'stg_' || source_kind || '__' || table_name as staged,
            string_agg(file_name, ', ' order by file_name) as file_names,
            string_agg(sha256, ' ' order by file_name) as digests
        from "{database}".staging.delivered_files
        where is_delivered and table_name is not null
        group by all
        """
    ).fetchall()
    return {
        (source, table): (names, digests) for source, table, names, digests in found
    }


def _tables(cursor: Any, database: str) -> set[str]:
    """Return the staged tables of a database; none where it is no build."""
    found = cursor.execute(
        "select table_name from duckdb_tables() "
        "where database_name = ? and schema_name = 'staging'",
        [database],
    ).fetchall()
    names = {name for (name,) in found}
    if "delivered_files" not in names:
        return set()
    return {name for name in names if name.startswith("stg_")}


def _file(
    source: str, table: str, change: str, files: Mapping, n_before: int, n_now: int
) -> dict:
    return {
        "source": source,
        "table_name": table.split("__")[1],
        "file_name": files[source, table][0],
        "what": "file",
        "change": change,
        "n": 1,
        "n_before": n_before,
        "n_now": n_now,
        "found": f"the file of {table.split('__')[1]} with {n_before or n_now:,} rows",
    }


def _delivery(source: str | None, change: str, found: str) -> dict:
    return {"source": source, "what": "delivery", "change": change, "found": found}


def _table(rows: list[dict]) -> pd.DataFrame:
    types = dict.fromkeys(COLUMNS, "string") | dict.fromkeys(
        ("n", "n_before", "n_now"), "Int64"
    )
    frame = pd.DataFrame(rows, columns=COLUMNS).astype(types)
    keys = ["source", "table_name", "what", "change", "subject_id"]
    return frame.sort_values(keys, ignore_index=True, na_position="first")
