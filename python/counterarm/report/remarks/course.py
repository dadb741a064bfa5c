"""Remarks on function and response: sentences by rule."""

import pandas as pd

from counterarm.report.remarks.remark import Remark
from counterarm.report.words import is_missing, name_words, number, p_text, plural


def on_function(means: pd.DataFrame) -> list[Remark]:
    """Say how many are still assessed after a year: the mean is of these only."""
    said = []
    for arm in ("treated", "control"):
        rows = means[means["arm"] == arm].set_index("quarter")["n_subjects"]
        if 0 in rows.index and 4 in rows.index:
            said.append((arm, rows[0], rows[4]))
    if not said:
        return (
            [Remark("Neither arm is assessed a year after index.", caution=True)]
            if (len(means))
            else []
        )
    text = ", ".join(
        f"{number(later)} of {number(first)} {name_words(arm).lower()}"
        for arm, first, later in said
    )
    return [
        Remark(
            f"A year after index {text} are still assessed. The mean is of survivors "
            "under follow-up, who tend to have progressed less: it describes the arms "
            "and is no valid comparison.",
            caution=True,
        )
    ]


def on_response(table: pd.DataFrame) -> list[Remark]:
    """Say what share of the pairs has which response class."""
    whole = table[table["subgroup"] == "all"]
    if whole.empty:
        return []
    row = whole.iloc[0]
    without, pairs = row["n_without_class"], row["n_pairs"]
    remarks = []
    if not is_missing(row["p_value"]):
        remarks.append(
            Remark(
                f"Less progression in {number(row['n_decreased'])} pairs, more in "
                f"{number(row['n_increased'])}, no difference beyond 3 points in "
                f"{number(row['n_no_change'])} (p {p_text(row['p_value'])})."
            )
        )
    if not isinstance(without, str) and not isinstance(pairs, str) and without:
        remarks.append(
            Remark(
                f"{number(without)} of {plural(pairs, 'pair')} have no response class, "
                "because one member was not assessed in the window, including those "
                "who died before it: the classes describe survivors.",
                caution=without > 0.1 * pairs,
            )
        )
    return remarks


def on_slopes(slopes: pd.DataFrame) -> list[Remark]:
    """Say how the slopes of the arms differ by the mixed model, or why it cannot."""
    arms = slopes[slopes["comparison"] == "treated vs control"]
    remarks = []
    for row in arms.itertuples():
        period = name_words(row.period).lower()
        if is_missing(row.estimate):
            because = "" if is_missing(row.note) else f": {row.note}"
            remarks.append(Remark(f"Mixed model, {period}: no estimate{because}."))
            continue
        less = "less" if row.estimate > 0 else "more"
        lost = f"{abs(row.estimate):.2f} points a month {less} than the controls"
        if round(row.estimate, 2) == 0:
            lost = "as many points a month as the controls"
        remarks.append(
            Remark(
                f"Mixed model, {period}: the treated lose {lost} (95% CI "
                f"{row.ci_low:+.2f} to {row.ci_high:+.2f}). The model assumes "
                "that missing values are missing at random, which deaths are not."
            )
        )
    return remarks


def on_decline(tests: pd.DataFrame) -> list[Remark]:
    """Say how the decline during treatment compares with that before it."""
    rows = tests[
        (tests["test"] == "wilcoxon_normal")
        & (tests["comparison"] == "during vs before")
        & tests["mean_first"].notna()
    ].sort_values("arm", ascending=False)
    return [
        Remark(
            f"{name_words(row.arm)}: {row.mean_first:+.2f} points a month during "
            f"treatment, {row.mean_second:+.2f} before (p {p_text(row.p_value)}, "
            f"{number(row.n)} subjects)."
        )
        for row in rows.itertuples()
    ]
