"""Tables of `results` as they are written for others: without counts of few people."""

from typing import Any

import pandas as pd
import pyarrow as pa

from counterarm.report.disclosure.cells import suppress
from counterarm.report.disclosure.groups import GROUP_REMAINDERS
from counterarm.report.reading import Results, read_table
from counterarm.warehouse.reader import Warehouse

# Tables whose numbers the sentences of a verdict may give.
SENTENCES = ("verdict", "verdict_summary")
# Tables whose groups are hidden where they leave few of another group beside them.
OF_GROUPS = ("baseline_by_group", "survival_by_group", "survival_steps")
SPOKEN_OF = {
    "ascertainment": "analysis.ascertainment",
    "rosenbaum": "analysis.rosenbaum",
}
# Tables that the verdicts on function quote, and which analysis each row is of.
QUOTED = {
    "win_ratio": "analysis.win_ratio",
    "joint_rank": "analysis.joint_rank",
    "follow_up_estimates": "results.follow_up_estimates",
}
GROUPS = "survival_by_group"


def without_small_cells(
    warehouse: Warehouse, table: str, rows: pa.Table, below: int
) -> pa.Table:
    """Return the rows of a table of `results` without counts of 1 to `below` - 1.

    The rules are those of the report. A column in which a count is hidden becomes text;
    the others keep their type.
    """
    beside = {
        # which subgroups belong together, so that none can be derived from the others
        "analysis_subgroups": "protocol.analysis_subgroups",
        **(SPOKEN_OF if table in SENTENCES else {}),
        **(QUOTED if table == "function_verdict" else {}),
        **({"group_remainders": GROUP_REMAINDERS} if table in OF_GROUPS else {}),
        # a curve would count again what the table of its groups hides
        **({GROUPS: f"results.{GROUPS}"} if table == "survival_steps" else {}),
    }
    tables = {name: read_table(warehouse, of) for name, of in beside.items()}
    tables[table] = rows.to_pandas()
    hidden = suppress(Results(tables), below).of(table)
    return pa.table(
        {field.name: _column(hidden[field.name], field.type) for field in rows.schema}
    )


def _column(values: pd.Series, kind: pa.DataType) -> pa.Array:
    cells = [None if _is_missing(value) else value for value in values]
    if pa.types.is_string(kind) or not any(isinstance(cell, str) for cell in cells):
        return pa.array(cells, kind, from_pandas=True)
    return pa.array([None if c is None else _text(c) for c in cells], pa.string())


def _is_missing(value: object) -> bool:
    return pd.api.types.is_scalar(value) and pd.isna(value)


def _text(cell: Any) -> str:
    is_whole = not isinstance(cell, str) and float(cell).is_integer()
    return str(int(cell)) if is_whole else str(cell)
