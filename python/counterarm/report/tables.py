"""Tables of the page: what stands in the cells, and the CSV beside it."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

import pandas as pd

from counterarm.report.reading import Results
from counterarm.report.words import (
    ABSENT,
    is_missing,
    name_words,
    number,
    p_text,
    ratio,
)

# characters from which on a text reads as a sentence
SENTENCE = 60


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
) -> Table:
    """Lay a frame out: `columns` are those shown with their headings, else all.

    At most `limit` rows are shown; the CSV has all of them, or `whole` if given. A
    `folded` table waits until it is asked for; one of many rows is, unless told. Ends
    of intervals are those of ratios, except the `signed` ones.
    """
    columns = columns or {c: name_words(c) for c in frame if c != "analysis_id"}
    columns = {c: text for c, text in columns.items() if c in frame}
    shown = frame if limit is None else frame.head(limit)
    rows = [
        [
            _cell("" if column in signed else column, value)
            for column, value in zip(columns, values, strict=True)
        ]
        for values in shown[list(columns)].astype(object).itertuples(index=False)
    ]
    numeric = frozenset(
        i
        for i, column in enumerate(columns)
        if (
            pd.api.types.is_numeric_dtype(frame[column])
            and not pd.api.types.is_bool_dtype(frame[column])
        )
        or column.startswith(("n_", "pct_"))
        or column in ("n", "estimate")
    )
    return Table(
        name,
        caption,
        list(columns.values()),
        rows,
        frame if whole is None else whole,
        numeric,
        is_long=len(rows) > 14 if folded is None else folded,
        left_out=len(frame if whole is None else whole) - len(shown),
        marked=frozenset(int(i) for i in marked),
    )


def further_table(results: Results, name: str, rows: pd.DataFrame, limit: int) -> Table:
    """Lay out a table that no figure is made for, with what its model says of it."""
    told = results.comments.get(name) or ""
    caption = f"{name_words(name)}. {told}".strip()
    return table_of(name.replace("_", "-"), caption, rows, limit=limit, folded=True)


def _cell(column: str, value: object) -> str:
    if is_missing(value):
        return ABSENT
    if column.startswith(("p_value", "p_adjusted", "ph_")) or column == "p":
        return p_text(value)
    if column.startswith(("hazard_ratio", "ci_")) and not isinstance(value, str):
        return ratio(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value, digits=3 if column in ("smd", "largest_smd") else 2)


def baseline_table(rows: pd.DataFrame, balance: pd.DataFrame, hidden: set) -> Table:
    """Lay the baseline of treated and controls out, before and after matching."""
    whole = rows
    rows = rows[
        rows["group_name"].isin(["treated", "control"]) & ~rows["variable"].isin(hidden)
    ]
    order = list(dict.fromkeys(balance["column_name"]))
    rows = rows.assign(
        place=rows["variable"].map({v: i for i, v in enumerate(order)}).fillna(99)
    ).sort_values(["place", "variable", "level"], na_position="first", kind="stable")
    smd = balance.set_index(["variable", "sample"])["smd"].to_dict()
    cells = {
        (row["variable"], row["level"], row["sample"], row["group_name"]): row
        for row in rows.assign(
            level=rows["level"].astype(object).where(rows["level"].notna(), None)
        ).to_dict("records")
    }
    lines = []
    for variable in dict.fromkeys(rows["variable"]):
        own = {key: row for key, row in cells.items() if key[0] == variable}
        levels = list(dict.fromkeys(key[1] for key in own if key[1] is not None))
        first = next(iter(own.values()))
        unit = "" if is_missing(first["unit"]) else f", {first['unit']}"
        label = f"{first['label']}{unit}{', n (%)' if levels else ', mean (SD)'}"
        if levels:
            lines.append([label, "", "", "", "", "", ""])
        for level in levels or [None]:
            line = [label if level is None else f"  {level}"]
            for sample in ("unmatched", "matched"):
                for group in ("treated", "control"):
                    line.append(
                        _baseline_cell(own.get((variable, level, sample, group)), level)
                    )
                key = variable if level is None else f"{variable}={level}"
                value = smd.get((key, sample))
                line.append(ABSENT if is_missing(value) else f"{value:+.2f}")
            lines.append(line)
        missing = [
            own.get((variable, None, sample, group), {}).get("n_missing")
            for sample in ("unmatched", "matched")
            for group in ("treated", "control")
        ]
        if any(isinstance(n, str) or (not is_missing(n) and n > 0) for n in missing):
            a, b, c, d = map(number, missing)
            lines.append(["  not known, n", a, b, "", c, d, ""])
    return Table(
        "baseline",
        "Baseline of all eligible and of the matched. SMD: standardised mean "
        "difference.",
        [
            "Variable",
            "Treated, eligible",
            "Controls, eligible",
            "SMD before",
            "Treated, matched",
            "Controls, matched",
            "SMD after",
        ],
        lines,
        whole,
        frozenset(range(1, 7)),
        is_long=False,
    )


def _baseline_cell(row: dict | None, level: str | None) -> str:
    if row is None:
        return ABSENT if level is None else "0"
    if level is None and is_missing(row["mean"]):
        return ABSENT
    if level is None:
        return f"{number(row['mean'], 1)} ({number(row['sd'], 1)})"
    share = "" if is_missing(row["percent"]) else f" ({row['percent']:.0f})"
    return f"{number(row['n'])}{share}"
