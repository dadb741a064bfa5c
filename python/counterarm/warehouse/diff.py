"""What changed between two published warehouses: inputs, subjects, pairs, results.

DuckDB is asked itself, not through ibis: it joins the tables of two attached files.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from counterarm.sql_words import sql_text
from counterarm.warehouse.query import CLOSED, NoWarehouseError, records, table_text

# Numbers that differ by less, relatively, are equal: the last digits of a sum of
# floats are no result.
TOLERANCE = 1e-9
EXAMPLES = 10


@dataclass(frozen=True)
class Compared:
    """A table whose rows are told apart by `keys` and compared in `values`."""

    title: str
    table: str
    keys: tuple[str, ...]
    values: tuple[str, ...]


ANALYSES = Compared(
    "analyses",
    "results.analysis_summary",
    ("analysis_id",),
    ("n_pairs", "n_events", "hazard_ratio", "ci_low", "ci_high"),
)
COMPARED = (
    ANALYSES,
    Compared("provenance", "results.provenance", ("kind", "name"), ("value",)),
    Compared("subjects", "adam.adsl", ("usubjid",), ("armcd", "age", "aage", "sex")),
    Compared(
        "eligibility",
        "cohort.subjects",
        ("analysis_id", "usubjid"),
        ("arm", "is_eligible", "excluded_by"),
    ),
    Compared(
        "pairs",
        "matching.pairs",
        ("analysis_id", "treated_usubjid", "control_usubjid"),
        ("distance",),
    ),
    Compared(
        "balance",
        "matching.balance",
        ("analysis_id", "variable", "sample"),
        ("smd",),
    ),
    Compared(
        "median and RMST",
        "analysis.survival_summary",
        ("analysis_id", "endpoint", "group_name", "conf_type"),
        ("n", "n_events", "median_days", "rmst_days", "tau"),
    ),
    Compared(
        "tests",
        "analysis.survival_tests",
        ("analysis_id", "endpoint", "comparison", "test"),
        ("statistic", "p_value"),
    ),
    Compared(
        "hazard ratios",
        "analysis.cox",
        ("analysis_id", "model_id", "variance", "term"),
        ("n", "n_events", "hazard_ratio", "ci_low", "ci_high"),
    ),
)


@dataclass(frozen=True)
class TableDiff:
    """How one table differs: rows only in the old, only in the new, and changed.

    A changed row is a dict of its keys and, per differing column, `old` and `new`.
    """

    title: str
    table: str
    n_old: int
    n_new: int
    removed: list[dict] = field(default_factory=list)
    added: list[dict] = field(default_factory=list)
    changed: list[dict] = field(default_factory=list)
    note: str = ""

    @property
    def is_equal(self) -> bool:
        """Tell whether nothing differs."""
        return not (self.removed or self.added or self.changed or self.note)

    def to_dict(self) -> dict:
        """Return plain lists and dicts, for JSON."""
        return asdict(self)


def diff_warehouses(old: Path, new: Path) -> list[TableDiff]:
    """Compare two published warehouses, table by table of `COMPARED`.

    Both are opened read-only. Raises `NoWarehouseError` naming a file that is absent.
    """
    for file in (old, new):
        if not file.is_file():
            raise NoWarehouseError(f"no warehouse at {file}")
    with duckdb.connect() as connection:
        for alias, file in (("before", old), ("after", new)):
            path = sql_text(str(file.absolute()))
            connection.execute(f"attach {path} as {alias} (read_only)")
        for name, value in CLOSED.items():
            connection.execute(f"set {name} = {str(value).lower()}")
        return [diff_table(connection, compared) for compared in COMPARED]


def diff_table(connection: duckdb.DuckDBPyConnection, compared: Compared) -> TableDiff:
    """Compare one table by its keys; a column that one side lacks is not compared."""
    columns = {side: columns_of(connection, side, compared) for side in SIDES}
    absent = [SIDES[side] for side in SIDES if not columns[side]]
    if absent:
        return TableDiff(
            compared.title,
            compared.table,
            0,
            0,
            note=f"not in the {' and not in the '.join(absent)} warehouse",
        )
    shared = columns["before"] & columns["after"]
    values = [value for value in compared.values if value in shared]
    keys = ", ".join(compared.keys)
    on = " and ".join(f"b.{key} is not distinct from a.{key}" for key in compared.keys)
    differs = [different(f"b.{value}", f"a.{value}") for value in values]
    n_old, n_new = (
        connection.execute(f"select count(*) from {side}.{compared.table}").fetchone()[
            0
        ]
        for side in SIDES
    )
    changed = records(
        connection,
        f"""
        select {", ".join(f"b.{key}" for key in compared.keys)},
            {
            ", ".join(
                f"b.{value} as old_{value}, a.{value} as new_{value}, "
                f"{is_other} as differs_{value}"
                for value, is_other in zip(values, differs, strict=True)
            )
        }
        from before.{compared.table} as b
        inner join after.{compared.table} as a on {on}
        where {" or ".join(differs)}
        order by {", ".join(f"b.{key}" for key in compared.keys)}
        """,
    )
    return TableDiff(
        compared.title,
        compared.table,
        n_old,
        n_new,
        removed=only_in(connection, "before", "after", compared, keys, on),
        added=only_in(connection, "after", "before", compared, keys, on),
        changed=[changes_of(row, compared.keys, values) for row in changed],
    )


SIDES = {"before": "old", "after": "new"}


def columns_of(
    connection: duckdb.DuckDBPyConnection, side: str, compared: Compared
) -> set[str]:
    """Return the columns that a table has in one of the warehouses."""
    schema, table = compared.table.split(".")
    return {
        row["column_name"]
        for row in records(
            connection,
            "select column_name from duckdb_columns() where database_name = ? "
            "and schema_name = ? and table_name = ?",
            side,
            schema,
            table,
        )
    }


def different(old: str, new: str) -> str:
    """Return SQL that holds where two values differ by more than the tolerance."""
    number = f"try_cast({old} as double)", f"try_cast({new} as double)"
    close = (
        f"abs({number[0]} - {number[1]}) <= {TOLERANCE} * "
        f"greatest(abs({number[0]}), abs({number[1]}))"
    )
    return f"({old} is distinct from {new} and not coalesce({close}, false))"


def only_in(
    connection: duckdb.DuckDBPyConnection,
    side: str,
    other: str,
    compared: Compared,
    keys: str,
    on: str,
) -> list[dict]:
    """Return the keys of rows that the other warehouse lacks."""
    aliases = {"before": "b", "after": "a"}
    mine, its = aliases[side], aliases[other]
    return records(
        connection,
        f"select {', '.join(f'{mine}.{key}' for key in compared.keys)} "
        f"from {side}.{compared.table} as {mine} "
        f"anti join {other}.{compared.table} as {its} on {on} order by {keys}",
    )


def changes_of(row: dict, keys: tuple[str, ...], values: list[str]) -> dict:
    """Keep of a changed row its keys and the columns that differ."""
    changed = {key: row[key] for key in keys}
    for value in values:
        if row[f"differs_{value}"]:
            changed[value] = {"old": row[f"old_{value}"], "new": row[f"new_{value}"]}
    return changed


def diff_text(tables: list[TableDiff]) -> str:
    """Lay the differences out: the analyses, counts of every table, then examples.

    Rows of an analysis that only one side has are counted, not shown.
    """
    counts = table_text(
        ["what", "table", "old", "new", "only in old", "only in new", "changed"],
        [
            [
                table.title,
                table.table,
                table.n_old,
                table.n_new,
                len(table.removed),
                len(table.added),
                len(table.changed),
            ]
            for table in tables
        ],
    )
    (analyses,) = (table for table in tables if table.table == ANALYSES.table)
    one_sided = {row["analysis_id"] for row in [*analyses.removed, *analyses.added]}
    blocks = [analyses_text(analyses), counts]
    for table in tables:
        if table is analyses:
            continue
        if table.note:
            blocks.append(f"{table.table}: {table.note}")
        for title, rows in (
            ("only in old", table.removed),
            ("only in new", table.added),
            ("changed", table.changed),
        ):
            rows = [row for row in rows if row.get("analysis_id") not in one_sided]
            if rows:
                more = f", the first {EXAMPLES} of {len(rows)}" * (len(rows) > EXAMPLES)
                lines = "\n".join(f"  {row_text(row)}" for row in rows[:EXAMPLES])
                blocks.append(f"{table.title}, {title}{more}\n{lines}")
    if all(table.is_equal for table in tables):
        blocks.append("nothing differs")
    return "\n\n".join(blocks)


def analyses_text(analyses: TableDiff) -> str:
    """Say which analyses came and went, and whose main result is another now."""
    if analyses.note:
        return f"{analyses.table}: {analyses.note}"
    lines = [
        f"analyses {title}: {', '.join(row['analysis_id'] for row in rows)}"
        for title, rows in (
            ("only in old", analyses.removed),
            ("only in new", analyses.added),
        )
        if rows
    ]
    in_both = analyses.n_new - len(analyses.added)
    if analyses.changed:
        lines.append(f"of {in_both} analyses in both, with a different main result:")
        lines += [f"  {row_text(row)}" for row in analyses.changed]
    else:
        lines.append(
            f"of {in_both} analyses in both, none with a different main result"
        )
    return "\n".join(lines)


def row_text(row: dict) -> str:
    """Write one difference in a line."""
    return ", ".join(
        f"{name} {shown(value['old'])} -> {shown(value['new'])}"
        if isinstance(value, dict)
        else str(value)
        for name, value in row.items()
    )


def shown(value: object) -> str:
    """Write a value that may be null."""
    if value is None:
        return "null"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
