"""Tables of the page: the text of the cells, and the CSV with all rows."""

import math
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

import pandas as pd

from counterarm.report.balance_rows import matched_on, shown_level
from counterarm.report.disclosure.values import HIDDEN
from counterarm.report.reading import Results
from counterarm.report.words import (
    ABSENT,
    NOT_REACHED,
    cell_words,
    fixed,
    is_missing,
    level_words,
    name_words,
    number,
    p_text,
    ratio,
)

# characters from which on a text reads as a sentence
SENTENCE = 60
# Columns whose texts are names also where a name is one word.
_NAMED = frozenset(
    (
        *("arm", "comparison", "comparison_set", "group_name", "measure", "model_id"),
        *("period", "persistence", "question", "role", "sample", "subgroup"),
        *("subgroup_set", "term", "test", "variance", "window_id"),
    )
)
_OF_SEVERAL_KINDS = frozenset(
    ("value", "estimate", "statistic", "first_value", "second_value")
)


@dataclass(frozen=True)
class Table:
    """A table with its name for files: headings, rows of text, and the whole as CSV.

    `frame` is what the CSV holds, which may be more than is shown. `numeric` are the
    columns that are set to the right, `marked` the rows that stand out.
    """

    name: str
    caption: str
    headings: list[str]
    rows: list[list[str]]
    frame: pd.DataFrame
    numeric: frozenset[int] = field(default_factory=frozenset)
    is_long: bool = False
    left_out: int = 0
    marked: frozenset[int] = field(default_factory=frozenset)

    @property
    def wide(self) -> frozenset[int]:
        """Return the columns of sentences, which want more room than words."""
        return frozenset(
            i
            for i in range(len(self.headings))
            if any(len(row[i]) > SENTENCE for row in self.rows)
        )

    @property
    def title(self) -> str:
        """Return the beginning of the caption, by which a folded table is found."""
        return re.split(r"[.;:(]", self.caption)[0].strip()


def table_of(
    name: str,
    caption: str,
    frame: pd.DataFrame,
    columns: dict[str, str] | None = None,
    *,
    limit: int | None = None,
    whole: pd.DataFrame | None = None,
    folded: bool | None = None,
    signed: Container[str] = (),
    marked: Iterable[int] = (),
    verbatim: bool = False,
) -> Table:
    """Lay a frame out: `columns` are those shown with their headings, else all.

    At most `limit` rows are shown; the CSV has all of them, or `whole` if given. A
    `folded` table is collapsed; one of many rows is, by default. Both
    ends of an interval share a column. They are those of ratios, except the `signed`
    ones. Numbers of a column have the same decimals. Names are put into words, unless
    `verbatim`.
    """
    columns = columns or {c: name_words(c) for c in frame if c != "analysis_id"}
    columns = {c: text for c, text in columns.items() if c in frame}
    shown = frame if limit is None else frame.head(limit)
    headings: list[str] = []
    cells: list[list[str]] = []
    numeric: set[int] = set()
    for column, heading in columns.items():
        if column.endswith("ci_high") and _other_end(column) in columns:
            continue
        if column.endswith("ci_low") and _other_end(column) in columns:
            high = _other_end(column)
            is_signed = column in signed or column != "ci_low"
            numeric.add(len(headings))
            headings.append("95% CI")
            cells.append(_interval_cells(shown[column], shown[high], is_signed))
            continue
        if _is_numeric(column, frame[column]):
            numeric.add(len(headings))
        headings.append(heading)
        cells.append(
            _cells("" if column in signed else column, shown[column], verbatim)
        )
    rows = [list(row) for row in zip(*cells, strict=True)]
    return Table(
        name,
        caption,
        headings,
        rows,
        frame if whole is None else whole,
        frozenset(numeric),
        is_long=len(rows) > 14 if folded is None else folded,
        left_out=len(frame if whole is None else whole) - len(shown),
        marked=frozenset(int(i) for i in marked),
    )


def further_table(results: Results, name: str, rows: pd.DataFrame, limit: int) -> Table:
    """Lay out a table that no figure is made for, with what its model says of it."""
    described = results.comments.get(name) or ""
    caption = f"{name_words(name)}. {described}".strip()
    return table_of(name.replace("_", "-"), caption, rows, limit=limit, folded=True)


def _is_numeric(column: str, values: pd.Series) -> bool:
    return (
        (
            pd.api.types.is_numeric_dtype(values)
            and not pd.api.types.is_bool_dtype(values)
        )
        or column.startswith(("n_", "pct_"))
        or column in ("n", "estimate")
    )


def _other_end(column: str) -> str:
    """Return the name of the other end of an interval."""
    if column.endswith("low"):
        return f"{column.removesuffix('low')}high"
    return f"{column.removesuffix('high')}low"


def _interval_cells(low: pd.Series, high: pd.Series, is_signed: bool) -> list[str]:
    digits = decimals("", pd.concat([low, high]))
    ends = [
        [fixed(v, digits) if is_signed else ratio(v) for v in end.astype(object)]
        for end in (low, high)
    ]
    return [
        a
        if a == b in (ABSENT, HIDDEN)
        else f"{a} to {NOT_REACHED if b == ABSENT else b}"
        for a, b in zip(*ends, strict=True)
    ]


def decimals(column: str, values: pd.Series) -> int | None:
    """Return the decimals of a column: none of whole numbers, fewer of large ones.

    None where the column holds numbers of several kinds, each written by itself.
    """
    if column in _OF_SEVERAL_KINDS:
        return None
    known = [
        float(v)
        for v in values
        if not (is_missing(v) or isinstance(v, str | bool)) and math.isfinite(v)
    ]
    if all(value.is_integer() for value in known):
        return 0
    if column in ("smd", "largest_smd"):
        return 3
    is_coarse = column.startswith(("pct", "percent")) or max(map(abs, known)) >= 100
    return 1 if is_coarse else 2


def _cells(column: str, values: pd.Series, verbatim: bool) -> list[str]:
    values = values.astype(object)
    is_number = [
        (isinstance(v, int | float) and not isinstance(v, bool)) or is_missing(v)
        for v in values
    ]
    digits = decimals(column, values[is_number])
    return [_cell(column, value, digits, verbatim) for value in values]


def _cell(column: str, value: object, digits: int | None, verbatim: bool) -> str:
    if is_missing(value):
        return NOT_REACHED if column == "median_days" else ABSENT
    if isinstance(value, str):
        is_name = column in _NAMED or "_" in value
        return value if verbatim or not is_name else cell_words(value)
    if column.startswith(("p_value", "p_adjusted", "ph_")) or column in (
        "p",
        "interaction_p",
    ):
        return p_text(value)
    if column.startswith(("hazard_ratio", "ci_")):
        return ratio(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return str(value)
    return number(value) if digits is None else fixed(value, digits)


def baseline_table(rows: pd.DataFrame, balance: pd.DataFrame, hidden: set) -> Table:
    """Lay the baseline of treated and controls out, before and after matching.

    Variables that are matched on come first; of two levels one is shown.
    """
    whole = rows
    rows = rows[
        rows["group_name"].isin(["treated", "control"]) & ~rows["variable"].isin(hidden)
    ]
    listed = balance[matched_on(balance)]["column_name"]
    order = {v: i for i, v in enumerate(dict.fromkeys(listed))}
    cells = {
        (row["variable"], row["level"], row["sample"], row["group_name"]): row
        for row in rows.assign(
            level=rows["level"].astype(object).where(rows["level"].notna(), None)
        ).to_dict("records")
    }
    smd = balance.set_index(["variable", "sample"])["smd"].to_dict()
    labels = rows.drop_duplicates("variable").set_index("variable")
    variables = sorted(labels.index, key=lambda v: (order.get(v, 99), v))
    lines, has_others = [], False
    for variable in variables:
        if variable not in order and not has_others:
            lines.append(["Not matched on", *[""] * 6])
            has_others = True
        unit = labels["unit"][variable]
        label = labels["label"][variable]
        lines += _lines_of(
            variable,
            label if is_missing(unit) else f"{label}, {unit}",
            [k[1] for k in cells if k[0] == variable],
            cells,
            smd,
        )
    return Table(
        "baseline",
        "Baseline of all eligible and of the matched: mean (SD), or number (%). SMD: "
        "standardised mean difference.",
        [
            "Variable",
            "Treated, eligible",
            "Controls, eligible",
            "SMD before matching",
            "Treated, matched",
            "Controls, matched",
            "SMD after matching",
        ],
        lines,
        whole,
        frozenset(range(1, 7)),
        is_long=False,
    )


def _lines_of(
    variable: str, label: str, levels: list, cells: dict, smd: dict
) -> list[list[str]]:
    """Return the lines of a variable: one of a numeric or binary one."""
    named = sorted({level for level in levels if level is not None})
    if not named:
        shown: list[tuple[str | None, str]] = [(None, f"{label}, mean (SD)")]
        head: list[list[str]] = []
    elif len(named) <= 2:
        one = shown_level(named)
        shown = [(one, f"{label}: {level_words(one)}, n (%)")]
        head = []
    else:
        shown = [(level, f"  {level_words(level)}") for level in named]
        head = [[f"{label}, n (%)", *[""] * 6]]
    lines = head
    for level, text in shown:
        line = [text]
        for sample in ("unmatched", "matched"):
            for group in ("treated", "control"):
                is_known = any((variable, of, sample, group) in cells for of in named)
                row = cells.get((variable, level, sample, group))
                line.append(_baseline_cell(row, level, is_known))
            key = variable if level is None else f"{variable}={level}"
            value = smd.get((key, sample))
            line.append(ABSENT if is_missing(value) else f"{value:+.2f}")
        lines.append(line)
    missing = [
        cells.get((variable, None, sample, group), {}).get("n_missing")
        for sample in ("unmatched", "matched")
        for group in ("treated", "control")
    ]
    if any(isinstance(n, str) or (not is_missing(n) and n > 0) for n in missing):
        a, b, c, d = map(number, missing)
        lines.append(["  not recorded, n", a, b, "", c, d, ""])
    return lines


def _baseline_cell(row: dict | None, level: str | None, is_known: bool) -> str:
    if row is None:
        return "0" if level is not None and is_known else ABSENT
    if level is None and is_missing(row["mean"]):
        return ABSENT
    if level is None:
        return f"{fixed(row['mean'], 1)} ({fixed(row['sd'], 1)})"
    share = "" if is_missing(row["percent"]) else f" ({row['percent']:.0f})"
    return f"{number(row['n'])}{share}"
