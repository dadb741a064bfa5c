"""The axis of time of curves: its ticks, where it starts, and who enters late."""

import pandas as pd


def month_ticks(last: float) -> list[int]:
    """Return round months up to the last one, about nine at most."""
    step = next(s for s in (3, 6, 12, 24, 60, 120) if last / s <= 9 or s == 120)
    return list(range(0, int(last) + 1, step))


def origin(steps: pd.DataFrame) -> str:
    """Say where time counts from, the index day unless the steps say otherwise."""
    return str(steps["origin"].iloc[0]) if "origin" in steps else "index"


def on_entry(summaries: pd.DataFrame, groups: list[str]) -> str:
    """Return the sentence of a caption on delayed entry, "" where there is none."""
    if "first_entry_day" not in summaries:
        return ""
    of = summaries[summaries["group_name"].isin(groups)]
    if of["first_entry_day"].isna().all():
        return ""
    return (
        " Subjects come under observation after time zero (delayed entry): numbers at "
        "risk may rise, and are those just before the next event or censoring."
    )
