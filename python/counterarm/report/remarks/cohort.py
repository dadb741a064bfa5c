"""Remarks on who is compared: participant flow and covariate balance.

No rule says more than its number: each names the number it rests on.
"""

import pandas as pd

from counterarm.report.remarks.remark import Remark
from counterarm.report.words import (
    number,
    plural,
)

ALIKE = 0.1


def on_flow(flow: pd.DataFrame) -> list[Remark]:
    """Say how many of the treated the result speaks of, and who cannot be judged."""
    remarks = []
    treated = flow[flow["arm"] == "treated"].sort_values("step")
    if len(treated):
        first, last = treated.iloc[0]["n_after"], treated.iloc[-1]["n_after"]
        if not isinstance(first, str) and not isinstance(last, str) and first:
            share = last / first
            remarks.append(
                Remark(
                    f"The result speaks of {number(last)} of the {number(first)} "
                    "treated "
                    f"({share:.0%}); of the others it says nothing.",
                    caution=share < 0.8,
                )
            )
    unknown = pd.to_numeric(flow["n_not_evaluable"], errors="coerce").sum()
    if unknown:
        remarks.append(
            Remark(
                f"{plural(int(unknown), 'subject')} could not be judged at some step, "
                "because a value is not recorded, and were left out."
            )
        )
    return remarks


def on_balance(balance: pd.DataFrame) -> list[Remark]:
    """Say which variables still differ by more than 0.1 after matching."""
    after = balance[(balance["sample"] == "matched") & balance["smd"].notna()]
    if after.empty:
        return []
    after = after.assign(size=after["smd"].astype(float).abs())
    above = after[after["size"] > ALIKE].sort_values("size", ascending=False)
    if above.empty:
        return [
            Remark(
                "After matching every variable matched on or looked at differs "
                f"by at most {ALIKE} standard deviations. Others may differ: the rows "
                "without a difference below, and what nobody measured."
            )
        ]
    named = "; ".join(
        f"{row.label}{f' ({row.level})' if isinstance(row.level, str) else ''} "
        f"{row.smd:+.{3 if round(row.size, 2) == ALIKE else 2}f}"
        for row in above.head(6).itertuples()
    )
    more = "" if len(above) <= 6 else f" and {len(above) - 6} more"
    return [
        Remark(
            f"After matching {plural(len(above), 'row')} of {len(after)} still "
            "differ by "
            f"more than {ALIKE} standard deviations: {named}{more}. Such a difference "
            "may explain part of a difference in outcome.",
            caution=True,
            short=f"{len(above)} of {len(after)} rows of the baseline still differ.",
        )
    ]
