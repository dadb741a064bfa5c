"""Remarks on extrapolated survival."""

import pandas as pd

from counterarm.report.remarks.remark import Remark
from counterarm.report.words import MONTH, distribution_words, is_missing, name_words

# Distributions whose AIC is within this of the lowest fit as well (Burnham, Anderson).
ALIKE = 4
MUCH_BEYOND = 0.1


def on_extrapolation(fits: pd.DataFrame) -> list[Remark]:
    """Say how far the means differ, which fit alike, and how much no row supports.

    `fits` are rows of analysis.extrapolation of one analysis and endpoint.
    """
    remarks = []
    for group, rows in fits.groupby("group_name", sort=False):
        known = rows[rows["mean_days"].notna()]
        if known.empty:
            remarks.append(Remark(f"{name_words(group)}: no finite mean.", True))
            continue
        means = known["mean_days"].astype(float)
        share = known["share_beyond_follow_up"].astype(float)
        low, high = known.loc[means.idxmin()], known.loc[means.idxmax()]
        text = (
            f"{name_words(group)}: the mean over all time is extrapolated beyond month "
            f"{rows['last_day'].iloc[0] / MONTH:.0f}. It is {means.min() / MONTH:.1f} "
            f"months by {distribution_words(low['distribution'])} and "
            f"{means.max() / MONTH:.1f} by {distribution_words(high['distribution'])}"
        )
        # a share is hidden where a count of few is
        text += (
            "."
            if share.isna().all()
            else f"; {share.min():.0%} to {share.max():.0%} of it lies where nobody "
            "was followed."
        )
        ranked = rows[rows["aic"].notna()].sort_values("aic")
        if len(ranked):
            alike = ranked[ranked["aic"] - ranked["aic"].iloc[0] <= ALIKE]
            listed = ", ".join(map(distribution_words, alike["distribution"]))
            text += (
                f" AIC judges the fit within follow-up only; within {ALIKE} of the "
                f"lowest are: {listed}."
            )
        without = rows[rows["mean_days"].isna() & rows["median_days"].notna()]
        if len(without):
            listed = ", ".join(map(distribution_words, without["distribution"]))
            text += f" No finite mean: {listed}."
        remarks.append(Remark(text, bool(share.max() > MUCH_BEYOND)))
    remarks += _gained(fits)
    if (fits["follow_up_rule"] == "as_recorded").any():
        remarks.append(
            Remark(
                "Follow-up is as recorded: deaths of controls are counted for longer "
                "than survival, and extrapolation continues that difference. Before "
                "a difference of means is quoted, extrapolate under a window rule.",
                True,
            )
        )
    return remarks


def _gained(fits: pd.DataFrame) -> list[Remark]:
    """Say how the difference of means, treated less controls, depends on the choice."""
    by_group = {
        group: rows.set_index("distribution")["mean_days"].dropna().astype(float)
        for group, rows in fits.groupby("group_name")
    }
    if not {"treated", "control"} <= set(by_group):
        return []
    gained = (by_group["treated"] - by_group["control"]).dropna() / MONTH
    if len(gained) < 2:
        return []
    low, high = gained.idxmin(), gained.idxmax()
    return [
        Remark(
            f"Treated less controls, by the same distribution in both: "
            f"{gained[low]:+.1f} months by {distribution_words(str(low))} to "
            f"{gained[high]:+.1f} by {distribution_words(str(high))}. The data do not "
            "decide between the distributions.",
            caution=True,
        )
    ]


def horizon_words(fits: pd.DataFrame) -> str:
    """Return the horizon in months, or that there are several."""
    days = fits["horizon_days"].dropna().unique()
    if len(days) != 1 or is_missing(days[0]):
        return "the horizon"
    return f"month {days[0] / MONTH:.0f}"
