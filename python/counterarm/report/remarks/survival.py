"""Remarks on follow-up and on hazard ratios.

No rule says more than its number: each names the number it rests on.
"""

import pandas as pd

from counterarm.report.remarks.remark import Remark
from counterarm.report.words import (
    MONTH,
    estimate_text,
    inner_words,
    is_missing,
    name_words,
    number,
    p_text,
    plural,
    variance_words,
)

PH_LEVEL = 0.05
UNKNOWN_STATUS = 0.1
FEW_AT_RISK = 10
EVENTS_PER_TERM = 5


def on_follow_up(summaries: pd.DataFrame) -> list[Remark]:
    """Warn where one arm is followed much longer, or a median is not reached."""
    remarks = []
    arms = summaries[summaries["group_name"].isin(["treated", "control"])]
    for endpoint, rows in arms.groupby("endpoint", sort=False):
        ends = rows.set_index("group_name")["last_day"]
        if len(ends) == 2 and ends.max() > 1.25 * ends.min():
            short = ends.idxmin()
            remarks.append(
                Remark(
                    f"{endpoint}: {name_words(short).lower()} are followed for at most "
                    f"{ends.min() / MONTH:.0f} months, the other arm for "
                    f"{ends.max() / MONTH:.0f}. Beyond the dotted line only one arm is "
                    "under observation: medians beyond it do not compare the arms, the "
                    "restricted mean up to tau does.",
                    caution=True,
                    short=f"The {name_words(short).lower()} are followed for "
                    f"{ends.min() / MONTH:.0f} months, the other arm for "
                    f"{ends.max() / MONTH:.0f}.",
                )
            )
        for row in rows.itertuples():
            if is_missing(row.median_days):
                remarks.append(
                    Remark(
                        f"{endpoint}: the curve of the "
                        f"{name_words(row.group_name).lower()} stays above 50%: the "
                        "median is not reached."
                    )
                )
    return remarks


def on_entry(summaries: pd.DataFrame, steps: pd.DataFrame) -> list[Remark]:
    """Say that subjects enter late, and how few are at risk at the first event.

    `summaries` are rows of results.survival_by_group, `steps` of
    results.survival_steps, on one scale; nothing where nobody enters late.
    """
    if "first_entry_day" not in summaries or steps.empty:
        return []
    late = summaries[
        summaries["group_name"].isin(["treated", "control"])
        & summaries["first_entry_day"].notna()
    ]
    remarks = []
    for endpoint, rows in late.groupby("endpoint", sort=False):
        of = steps[steps["endpoint"] == endpoint]
        at_risk = {}
        for group in rows["group_name"]:
            events = of[(of["group_name"] == group) & (of["n_event"] > 0)]
            if len(events):
                at_risk[group] = int(events.sort_values("day")["n_risk"].iloc[0])
        first = ", ".join(
            f"the {inner_words(row.group_name)} from day {row.first_entry_day:.0f} on"
            for row in rows.itertuples()
        )
        few = ", ".join(f"{n} {inner_words(group)}" for group, n in at_risk.items())
        remarks.append(
            Remark(
                f"{endpoint}: time counts from {of['origin'].iloc[0]}, and subjects "
                f"come under observation later ({first}); each is at risk from then on."
                + (f" At the first event {few} are at risk." if few else "")
                + " The curve is of those who reach the first entry, and one event is "
                "a large step while few have entered.",
                caution=min(at_risk.values(), default=FEW_AT_RISK) < FEW_AT_RISK,
            )
        )
    return remarks


def on_vital_status(baseline: pd.DataFrame) -> list[Remark]:
    """Warn where the vital status of many matched controls is not recorded."""
    rows = baseline[
        (baseline["variable"] == "vital_status") & (baseline["sample"] == "matched")
    ]
    counts = {}
    for arm in ("treated", "control"):
        of = rows[rows["group_name"] == arm]
        known = pd.to_numeric(of[of["level"].notna()]["n"], errors="coerce")
        unknown = pd.to_numeric(of[of["level"].isna()]["n_missing"], errors="coerce")
        if unknown.empty or known.isna().any() or unknown.isna().any():
            return []
        counts[arm] = int(unknown.sum()), int(unknown.sum() + known.sum())
    unknown, n = counts["control"]
    if unknown <= UNKNOWN_STATUS * n:
        return []
    return [
        Remark(
            f"The vital status of {number(unknown)} of {number(n)} matched controls is "
            f"not recorded (treated: {number(counts['treated'][0])} of "
            f"{number(counts['treated'][1])}). The controls' curve may be too low, if "
            "deaths are ascertained more completely than survival, or too high, if "
            "those who got worse were lost to follow-up.",
            caution=True,
            short=f"The vital status of {number(unknown)} of {number(n)} controls is "
            "not recorded.",
        )
    ]


def on_hazards(
    ratios: pd.DataFrame, main: str | None, variance: str | None = None
) -> list[Remark]:
    """Say what the hazard ratio of treatment is, and whether one number describes it.

    `main` is the model with a separate sentence; the others share one. The
    interval is of `variance`, where a model has it.
    """
    remarks, others = [], {}
    treated = ratios[ratios["term"] == "treated"]
    for (model, endpoint), rows in treated.groupby(
        ["model_id", "endpoint"], sort=False
    ):
        known = rows[rows["hazard_ratio"].notna()]
        if known.empty:
            note = rows["note"].dropna()
            because = f": {note.iloc[0]}" if len(note) else ""
            remarks.append(
                Remark(f"{name_words(model)} model: no estimate{because}.", True)
            )
            continue
        row = _preferred(known, variance)
        if model != main:
            others[f"{inner_words(model)} of {endpoint}"] = row
            continue
        low, high = row["ci_low"], row["ci_high"]
        where = (
            "the interval includes 1: a difference in either direction is possible"
            if low <= 1 <= high
            else "the interval lies below 1"
            if high < 1
            else "the interval lies above 1"
        )
        remarks.append(
            Remark(
                f"{name_words(model)} model of {endpoint}: hazard ratio "
                f"{estimate_text(row)}, {variance_words(row['variance'])}; {where}."
            )
        )
    if others:
        said = "; ".join(f"{name} {estimate_text(row)}" for name, row in others.items())
        remarks.append(Remark(f"Adjusted: {said}."))
    rejected = treated[treated["ph_p_value"].notna()]
    rejected = rejected[rejected["ph_p_value"] < PH_LEVEL].drop_duplicates("model_id")
    if len(rejected):
        said = ", ".join(
            f"{inner_words(row.model_id)} p {p_text(row.ph_p_value)}"
            for row in rejected.itertuples()
        )
        remarks.append(
            Remark(
                f"The hazard ratio of treatment is not constant over time ({said}). "
                "One number is an average over follow-up: compare the curves.",
                caution=True,
                short="The hazard ratio is not constant over time.",
            )
        )
    terms = ratios[ratios["hazard_ratio"].notna()].drop_duplicates(["model_id", "term"])
    for model, rows in terms.groupby("model_id", sort=False):
        events = rows["n_events"].iloc[0]
        if not isinstance(events, str) and events < EVENTS_PER_TERM * len(rows):
            remarks.append(
                Remark(
                    f"{name_words(model)} model: {plural(events, 'event')} for "
                    f"{plural(len(rows), 'term')}, fewer than {EVENTS_PER_TERM} each; "
                    "its estimates are imprecise.",
                    caution=True,
                )
            )
    noted = ratios[ratios["note"].notna()].drop_duplicates(["model_id", "note"])
    remarks += [
        Remark(
            f"{name_words(row.model_id)} model, {row.variance} variance: {row.note}.",
            True,
        )
        for row in noted.itertuples()
    ]
    return remarks


def _preferred(rows: pd.DataFrame, variance: str | None) -> pd.Series:
    order = {"cluster": 0, "robust": 1, "naive": 2} | {variance: -1}
    return rows.loc[rows["variance"].map(order).fillna(9).idxmin()]


def on_doses(groups: list[str]) -> list[Remark]:
    """Warn of groups that are defined by what happened after index."""
    return [
        Remark(
            f"{' and '.join(name_words(group) for group in groups)} are defined by "
            "what happened after index: subjects who died early could not receive more "
            "doses (immortal time). A difference between dose groups, or between one "
            "of them and the controls, is not an effect of the dose.",
            caution=True,
        )
    ]
