"""Remarks on subgroups and on how follow-up time is assigned: sentences by rule."""

import math

import pandas as pd

from counterarm.report.figures.forest import ratio_range
from counterarm.report.remarks.remark import Remark
from counterarm.report.words import (
    estimate_text,
    inner_words,
    is_missing,
    name_words,
    p_with_sign,
    plural,
)

FEW_EVENTS = 10
# How far an estimate must move, by ratio, for the sentence to call for caution.
MOVED = 1.25


def on_subgroups(within: pd.DataFrame, late: list[str]) -> list[Remark]:
    """Say how many intervals overlap, and which conditions lie in the future."""
    known = within[within["hazard_ratio"].notna()]
    remarks = []
    if len(known) > 1:
        shared = known["ci_low"].max() <= known["ci_high"].min()
        remarks.append(
            Remark(
                f"{plural(len(known), 'subgroup')} give hazard ratios of "
                f"{ratio_range(known['hazard_ratio'].astype(float))}; "
                + (
                    "all intervals overlap, so that chance may explain the differences."
                    if shared
                    else "not all intervals overlap."
                )
                + " Among many subgroups some differ by chance alone."
            )
        )
    events = pd.to_numeric(within["n_events"], errors="coerce")
    few = within[events < FEW_EVENTS]
    if len(few):
        remarks.append(
            Remark(
                f"Fewer than {FEW_EVENTS} events in "
                f"{plural(len(few), 'subgroup')}: their ratios are imprecise.",
                caution=True,
            )
        )
    if late:
        remarks.append(
            Remark(
                f"* {', '.join(late)}: known only after index. Such a subgroup "
                "conditions on the future (immortal time): its treated survived long "
                "enough to be in it, so that its ratio is not an effect of treatment.",
                caution=True,
            )
        )
    return remarks


def on_rematched(rows: pd.DataFrame, variance: str | None) -> list[Remark]:
    """Compare the pairs that are kept with those made within each subgroup.

    `rows` are those of analysis.subgroup_matches of one analysis.
    """
    remarks = []
    for name, of in rows[rows["variance"] == variance].groupby("subgroup_set"):
        said, moved = [], 1.0
        for subgroup, both in of.groupby("subgroup", sort=False):
            by_pairs = both.set_index("pairs")
            if set(by_pairs.index) != {"kept", "rematched"}:
                continue
            kept, anew = by_pairs.loc["kept"], by_pairs.loc["rematched"]
            said.append(
                f"{inner_words(str(subgroup))} {estimate_text(kept)} with kept pairs, "
                f"{estimate_text(anew)} matched again"
            )
            if not (is_missing(kept["coef"]) or is_missing(anew["coef"])):
                moved = max(moved, math.exp(abs(kept["coef"] - anew["coef"])))
        tests = of.drop_duplicates("pairs").set_index("pairs")["interaction_p"].dropna()
        if len(tests):
            tested = ", ".join(f"p {p_with_sign(p)} ({k})" for k, p in tests.items())
            said.append(f"interaction: {tested}")
        remarks.append(
            Remark(
                f"{name_words(str(name))}: {'; '.join(said)}. Where the two differ, "
                "the subgroup's result depends on controls from outside it.",
                caution=moved > MOVED,
            )
        )
    return remarks


def on_time(rows: pd.DataFrame) -> list[Remark]:
    """Say how the papers' ratio changes when immortal time is avoided."""
    remarks = []
    for contrast, of in rows.groupby("contrast", sort=False):
        is_naive = of["method"].str.startswith("naive")
        naive, other = of[is_naive], of[~is_naive]
        other = other[other["hazard_ratio"].notna() & other["note"].isna()]
        if len(naive) != 1 or other.empty or naive["hazard_ratio"].isna().any():
            continue
        ratios = other["hazard_ratio"] / naive["hazard_ratio"].iloc[0]
        furthest = ratios.map(lambda r: max(r, 1 / r)).idxmax()
        moved = float(ratios[furthest])
        way = other.loc[furthest, "label"]
        remarks.append(
            Remark(
                f"{contrast}: {estimate_text(naive.iloc[0])} as in the papers, "
                f"{ratio_range(other['hazard_ratio'].astype(float))} otherwise; the "
                f"most different ({way[:1].lower()}{way[1:]}) is "
                f"{moved:.2f} times the papers'."
                + (
                    " Above 1 the papers' analysis favours treatment: time that had to "
                    "be survived to receive a dose is credited to it (immortal time "
                    "bias)."
                    if moved > 1
                    else ""
                ),
                caution=bool(max(moved, 1 / moved) > MOVED),
            )
        )
    unfit = rows[rows["note"].notna()]
    if len(unfit):
        remarks.append(
            Remark(
                f"{plural(len(unfit), 'estimate')} could not be computed: a group has "
                "no subject or no event. The table says which."
            )
        )
    return remarks
