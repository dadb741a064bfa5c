"""Tables of the page: what stands in the cells, and the CSV beside it."""

from dataclasses import dataclass, field

import pandas as pd

from counterarm.report.words import is_missing, name_words, number, p_text, ratio


@dataclass(frozen=True)
class Table:
    """A table with its name for files: headings, rows of text, and the whole as CSV.

    `frame` is what the CSV holds, which may be more than is shown. `numeric` are the
    columns that are set to the right.
    """

    name: str
    caption: str
    headings: list[str]
    rows: list[list[str]]
    frame: pd.DataFrame
    numeric: frozenset[int] = field(default_factory=frozenset)
    is_long: bool = False
    left_out: int = 0


def table_of(
    name: str,
    caption: str,
    frame: pd.DataFrame,
    columns: dict[str, str] | None = None,
    *,
    limit: int | None = None,
    whole: pd.DataFrame | None = None,
) -> Table:
    """Lay a frame out: `columns` are those shown with their headings, else all.

    At most `limit` rows are shown; the CSV has all of them, or `whole` if given.
    """
    columns = columns or {c: name_words(c) for c in frame if c != "analysis_id"}
    columns = {c: text for c, text in columns.items() if c in frame}
    shown = frame if limit is None else frame.head(limit)
    rows = [
        [_cell(column, value) for column, value in zip(columns, values, strict=True)]
        for values in shown[list(columns)].astype(object).itertuples(index=False)
    ]
    numeric = frozenset(
        i
        for i, column in enumerate(columns)
        if pd.api.types.is_numeric_dtype(frame[column])
        and not pd.api.types.is_bool_dtype(frame[column])
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
        is_long=len(rows) > 14,
        left_out=len(frame) - len(shown),
    )


def _cell(column: str, value: object) -> str:
    if is_missing(value):
        return "–"
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
    smd = balance.set_index(["variable", "sample"])["smd"]
    # The groups of the protocol beside treated and controls are in the CSV.
    lines = []
    for (_, variable), one in rows.groupby(["place", "variable"], sort=False):
        first = one.iloc[0]
        unit = "" if is_missing(first["unit"]) else f", {first['unit']}"
        levels = list(dict.fromkeys(one["level"].dropna()))
        is_numeric = not levels
        label = f"{first['label']}{unit}"
        label += ", mean (SD)" if is_numeric else ", n (%)"
        for level in [None, *levels]:
            line = [f"  {level}" if level is not None else label]
            if level is None and not is_numeric:
                lines.append([*line, "", "", "", "", "", ""])
                continue
            for sample in ("unmatched", "matched"):
                for group in ("treated", "control"):
                    line.append(_baseline_cell(one, sample, group, level))
                key = variable if level is None else f"{variable}={level}"
                value = smd.get((key, sample))
                line.append("–" if is_missing(value) else f"{value:+.2f}")
            lines.append(line)
        missing = one[one["level"].isna() & one["n_missing"].notna()]
        if any(isinstance(n, str) or n > 0 for n in missing["n_missing"]):
            line = ["  not known, n"]
            for sample in ("unmatched", "matched"):
                for group in ("treated", "control"):
                    of = missing[
                        (missing["sample"] == sample) & (missing["group_name"] == group)
                    ]
                    line.append(number(of["n_missing"].iloc[0]) if len(of) else "–")
                line.append("")
            lines.append(line)
    return Table(
        "baseline",
        "Baseline of all eligible and of the matched. SMD: standardised mean difference.",
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


def _baseline_cell(
    rows: pd.DataFrame, sample: str, group: str, level: str | None
) -> str:
    of = rows[(rows["sample"] == sample) & (rows["group_name"] == group)]
    of = of[of["level"].isna()] if level is None else of[of["level"] == level]
    if of.empty:
        return "0" if level is not None else "–"
    row = of.iloc[0]
    if level is None:
        return f"{number(row['mean'], 1)} ({number(row['sd'], 1)})"
    share = "" if is_missing(row["percent"]) else f" ({row['percent']:.0f})"
    return f"{number(row['n'])}{share}"
