"""Remarks on who is compared: participant flow and covariate balance.

No rule says more than its number: each names the number it rests on.
"""

import pandas as pd

from counterarm.report.balance_rows import ALIKE, matched_on, shown_rows
from counterarm.report.remarks.remark import Remark
from counterarm.report.words import (
    number,
    plural,
)


def on_flow(flow: pd.DataFrame) -> list[Remark]:
    """Say to how many of the treated the result applies, and who is not evaluable.

    Where candidates are index days, also of how many subjects they are.
    """
    remarks = []
    treated = flow[flow["arm"] == "treated"].sort_values("step")
    if len(treated):
        first, last = treated.iloc[0]["n_after"], treated.iloc[-1]["n_after"]
        if not isinstance(first, str) and not isinstance(last, str) and first:
            share = last / first
            remarks.append(
                Remark(
                    f"The result applies to {number(last)} of the {number(first)} "
                    f"treated ({share:.0%}), not to the others.",
                    caution=share < 0.8,
                )
            )
    several = on_index_days(flow)
    unknown = pd.to_numeric(flow["n_not_evaluable"], errors="coerce").sum()
    if unknown:
        remarks.append(
            Remark(
                f"{plural(int(unknown), 'candidate' if several else 'subject')} could "
                "not be evaluated at some "
                "step, because a value is not recorded, and were excluded."
            )
        )
    return remarks + several


def on_index_days(flow: pd.DataFrame) -> list[Remark]:
    """Say of how many subjects the candidates are, where these are index days."""
    if "n_subjects" not in flow or flow.empty:
        return []
    remarks = []
    for arm, steps in flow.groupby("arm"):
        counts = steps.sort_values("step")[["label", "n_after", "n_subjects"]]
        pairs = [tuple(row) for row in counts[["n_after", "n_subjects"]].to_numpy()]
        if all(days == subjects for days, subjects in pairs):
            continue
        who = "controls" if arm == "control" else "treated"
        first, last = pairs[0], pairs[-1]
        remarks.append(
            Remark(
                f"Several index days of a subject are candidates. Of the {who} "
                f"{number(first[0])} days of {number(first[1])} subjects are "
                f"identified and {number(last[0])} days of {number(last[1])} subjects "
                "matched. Numbers of this arm count index days; standard errors are "
                "robust by subject.",
                caution=True,
            )
        )
    return remarks


def on_balance(balance: pd.DataFrame) -> list[Remark]:
    """Say which variables still differ by more than 0.1 after matching.

    Those that were not matched on are named too: matching does not balance them.
    """
    rows = shown_rows(balance)
    after = rows[(rows["sample"] == "matched") & rows["smd"].notna()]
    if after.empty:
        return []
    after = after.assign(size=after["smd"].astype(float).abs())
    above = after[after["size"] > ALIKE].sort_values("size", ascending=False)
    if above.empty:
        return [
            Remark(
                "After matching no recorded variable differs by more than "
                f"{ALIKE} standard deviations. Variables without a difference below, "
                "and unmeasured ones, may still differ."
            )
        ]
    is_listed = matched_on(above)
    listed, others = above[is_listed], above[~is_listed]
    total = matched_on(after)
    parts = []
    if len(listed):
        parts.append(
            f"{len(listed)} of {plural(int(total.sum()), 'row')} matched on or listed "
            f"differ by more than {ALIKE} standard deviations: {_named(listed)}."
        )
    if len(others):
        parts.append(
            f"Not matched on and different: {_named(others)} "
            f"({len(others)} of {plural(int((~total).sum()), 'row')})."
        )
    worst = above.iloc[0]
    beside = ", which was not matched on" if not is_listed.iloc[0] else ""
    return [
        Remark(
            f"After matching: {' '.join(parts)} Such differences may explain part of a "
            "difference in outcome.",
            caution=True,
            short=f"After matching {len(above)} of {len(after)} baseline rows differ "
            f"by more than {ALIKE} SD, most of all {worst['row_label']} "
            f"({worst['smd']:+.2f}){beside}.",
        )
    ]


def _named(rows: pd.DataFrame) -> str:
    named = "; ".join(
        f"{row.row_label} {row.smd:+.{3 if round(row.size, 2) == ALIKE else 2}f}"
        for row in rows.head(6).itertuples()
    )
    return named if len(rows) <= 6 else f"{named}; and {len(rows) - 6} more"
