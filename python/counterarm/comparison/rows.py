"""The rows of one staged table that the last build had and this delivery has not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterarm.comparison.tables import BOOKKEEPING, DEATHS, kind_of
from counterarm.sql_words import sql_text


@dataclass(frozen=True)
class Files:
    """Two databases, `last` and `this`, and the files that their tables came in.

    `before` and `now` give names and digests by source and staged table.
    """

    last: str
    this: str
    before: Mapping[tuple[str, str], tuple[str, str]]
    now: Mapping[tuple[str, str], tuple[str, str]]

    def count(self, cursor: Any, database: str, source: str, table: str) -> int:
        """Count the kept rows of a source in a table."""
        return cursor.execute(
            f'select count(*) from "{database}".staging."{table}" '
            "where source = ? and row_status = 'kept'",
            [source],
        ).fetchone()[0]

    def values(self, cursor: Any, table: str) -> list[str]:
        """Return the columns that both databases have, without our bookkeeping."""
        found = cursor.execute(
            """
            select column_name
            from duckdb_columns()
            where schema_name = 'staging' and table_name = ?
                and database_name in (?, ?)
            group by column_name
            having count(*) = 2
            order by min(column_index)
            """,
            [table, self.last, self.this],
        ).fetchall()
        return [name for (name,) in found if name not in BOOKKEEPING]

    def kept(self, database: str, source: str, table: str, columns: list[str]) -> str:
        """Return the query of a source's kept rows, every value as text."""
        listed = ", ".join(f'cast("{name}" as varchar) as "{name}"' for name in columns)
        return (
            f'select {listed} from "{database}".staging."{table}" '
            f"where source = {sql_text(source)} and row_status = 'kept'"
        )

    def shared_subjects(self, cursor: Any, source: str, table: str) -> tuple[int, int]:
        """Count the subjects of the last build, and those who are still there."""
        before, now = (
            self.kept(database, source, table, ["subject_id"])
            for database in (self.last, self.this)
        )
        return cursor.execute(
            f"""
            select count(*), count(*) filter (where subject_id in ({now}))
            from (select distinct subject_id from ({before}))
            """
        ).fetchone()

    def shared_rows(self, cursor: Any, source: str, table: str) -> tuple[int, int]:
        """Count the rows of the last build, and those that are there unchanged."""
        columns = self.values(cursor, table)
        before, now = (
            self.kept(database, source, table, columns)
            for database in (self.last, self.this)
        )
        n = self.count(cursor, self.last, source, table)
        lost = cursor.execute(
            f"select count(*) from (({before}) except all ({now}))"
        ).fetchone()[0]
        return n, n - lost


def changed_rows(cursor: Any, source: str, table: str, files: Files) -> list[dict]:
    """Return a row per subject whose rows were lost or changed, and one for new ones.

    A row is changed where the subject still has one of the same key, else lost.
    """
    kind = kind_of(table)
    columns = files.values(cursor, table)
    key = ["subject_id", *(columns if kind.key is None else kind.key)]
    key = list(dict.fromkeys(key))
    before, now = (
        files.kept(database, source, table, columns)
        for database in (files.last, files.this)
    )
    same = " and ".join(
        f'gone."{name}" is not distinct from fresh."{name}"' for name in key
    )
    differing = ", ".join(
        f'case when gone."{name}" is distinct from fresh."{name}" then \'{name}: \' '
        f"|| coalesce(gone.\"{name}\", 'empty') || ' -> ' "
        f"|| coalesce(fresh.\"{name}\", 'empty') end"
        for name in columns
        if name not in key
    )
    keys = ", ".join(f'"{name}"' for name in key)
    shown = " || ' ' || ".join(
        f"coalesce(gone.\"{name}\", 'empty')" for name in key[1:]
    )
    label = shown if kind.key else "''"
    smallest = ", ".join(
        f'min("{name}") as "{name}"' for name in columns if name not in key
    )
    grouped = f"select {keys}{', ' + smallest if smallest else ''}, count(*) as n"
    found = cursor.execute(
        f"""
        with gone as (
            {grouped} from (({before}) except all ({now})) group by {keys}
        ),
        fresh as (
            {grouped} from (({now}) except all ({before})) group by {keys}
        ),
        judged as (
            select
                gone.subject_id,
                case when fresh.n is null then 'lost' else 'changed' end as change,
                gone.n,
                {label} as label,
                array_to_string(
                    list_filter([{differing}], lambda text: text is not null), '; '
                ) as difference
            from gone
            left join fresh on {same}
        ),
        added as (
            select sum(fresh.n) as n from fresh anti join gone on {same}
        )
        select
            subject_id, change, sum(n) as n,
            arg_min(
                trim(label || case when change = 'changed' then ' ' || difference
                    else '' end),
                label
            ) as found
        from judged
        group by subject_id, change
        union all
        select null, 'added', n, '' from added where n > 0
        order by all
        """
    ).fetchall()
    n_before, n_now = (
        files.count(cursor, database, source, table)
        for database in (files.last, files.this)
    )
    what = "row" if kind.what == "death" else kind.what
    return [
        {
            "source": source,
            "table_name": table.split("__")[1],
            "file_name": files.now[source, table][0],
            "what": what,
            "change": change,
            "subject_id": subject,
            "n": n,
            "n_before": n_before,
            "n_now": n_now,
            "found": example or None,
        }
        for subject, change, n, example in found
    ]


def lost_deaths(cursor: Any, source: str, table: str, files: Files) -> list[dict]:
    """Return a row per subject who was dead in the last build and is not any more."""
    if table not in DEATHS:
        return []
    before, now = (
        f'select subject_id from "{database}".staging."{table}" where source = ? '
        f"and row_status = 'kept' and {DEATHS[table]}"
        for database in (files.last, files.this)
    )
    found = cursor.execute(
        f"select distinct subject_id from ({before}) "
        f"where subject_id not in ({now}) order by subject_id",
        [source, source],
    ).fetchall()
    return [
        {
            "source": source,
            "table_name": table.split("__")[1],
            "file_name": files.now[source, table][0],
            "what": "death",
            "change": "lost",
            "subject_id": subject,
            "n": 1,
            "n_before": 1,
            "n_now": 0,
            "found": "a death in the last build, no death in this delivery",
        }
        for (subject,) in found
    ]
