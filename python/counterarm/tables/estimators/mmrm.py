"""Mixed model for repeated measures of the matched, visit by visit."""

import pandas as pd

from counterarm.tables.candidates import subject_of
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame
from counterarm.tables.means import weighting_of
from counterarm.trust import fit_mmrm

ESTIMATES = ("coef", "se", "df", "ci_low", "ci_high", "p_value")
TYPES = {
    "analysis_id": TEXT,
    "visit": TEXT,
    "offset_days": COUNT,
    "n_treated": COUNT,
    "n_control": COUNT,
    "n_treated_dead": COUNT,
    "n_control_dead": COUNT,
    "n_treated_missing": COUNT,
    "n_control_missing": COUNT,
    "mean_treated": NUMBER,
    "mean_control": NUMBER,
    **dict.fromkeys(ESTIMATES, NUMBER),
    "definition": TEXT,
    "note": TEXT,
}
DEFINITION = (
    "change of the ALSFRS-R total from baseline on visit, visit by arm and visit by "
    "baseline; unstructured covariance, REML, Satterthwaite's df; treated less controls"
)
# Without counts, which are in separate columns.
TRUNCATED = (
    "truncated by death: the model is of those alive and assessed, read it beside the "
    "joint rank"
)


def mmrm_table(members: pd.DataFrame) -> pd.DataFrame:
    """Compare the change of the matched at each planned visit, one row per visit.

    `members` are rows of `analysis.mmrm_members`. The model is of those alive and
    assessed; the dead have no total, and the model treats them as missing at random,
    which they are not: their number is in the row, and the note states it. What
    cannot be fitted has its counts, and a note.
    """
    # sums depend in their last digit on the order of the rows
    members = members.sort_values(["analysis_id", "usubjid", "set_id", "offset_days"])
    rows: list[dict[str, object]] = []
    for analysis_id, own in members.groupby("analysis_id", sort=True):
        counts = [
            {"analysis_id": analysis_id, "visit": visit, "offset_days": int(days)}
            | counts_of(at)
            for (days, visit), at in own.groupby(["offset_days", "window_id"])
        ]
        try:
            found, said = fitted(own)
        except ValueError as error:
            found, said = {}, [f"not fitted: {error}"]
        for row in counts:
            has_dead = row["n_treated_dead"] or row["n_control_dead"]
            notes = [*said, *([TRUNCATED] if has_dead else [])]
            rows.append(
                row
                | {"definition": DEFINITION, "note": "; ".join(notes) or None}
                | found.get(row["offset_days"], {})
            )
    return typed_frame(rows, TYPES)


def counts_of(at: pd.DataFrame) -> dict[str, object]:
    """Return who was assessed, had died and is missing at a visit, and mean changes."""
    row: dict[str, object] = {}
    for arm in ("treated", "control"):
        own = at[at["arm"] == arm].drop_duplicates("usubjid")
        change, is_dead = numbers(own, "change"), own["is_dead"].astype(bool)
        assessed = change == change
        row |= {
            f"n_{arm}": int(assessed.sum()),
            f"n_{arm}_dead": int(is_dead.sum()),
            f"n_{arm}_missing": int(len(own) - assessed.sum() - is_dead.sum()),
            f"mean_{arm}": float(change[assessed].mean()) if assessed.any() else None,
        }
    return row


def fitted(own: pd.DataFrame) -> tuple[dict[int, dict[str, float]], list[str]]:
    """Return the estimates by day, and what to say of the fit; or raise ValueError."""
    once = own.drop_duplicates(["usubjid", "set_id"])
    weighting = weighting_of(
        once["weight"].to_numpy(float), subject_of(once["usubjid"]).astype(str)
    )
    if weighting:
        raise ValueError(weighting)
    used = own[own["change"].notna() & own["baseline_total"].notna()]
    if used.empty:
        raise ValueError("nobody was assessed at baseline and at a visit")
    fit = fit_mmrm(
        used["usubjid"].to_numpy(str),
        used["offset_days"].to_numpy(int),
        (used["arm"] == "treated").to_numpy(float),
        numbers(used, "change"),
        numbers(used, "baseline_total"),
    )
    rows = fit.rows.to_dict("records")
    return (
        {int(row["visit"]): {name: row[name] for name in ESTIMATES} for row in rows},
        [fit.note] if fit.note else [],
    )
