"""What would have to be true: the verdict on a main analysis and its evidence."""

import numpy as np
import pandas as pd

from counterarm.report.figures.credibility import (
    bias_plot,
    observed_over_expected,
    specification_curve,
    tipping_curve,
)
from counterarm.report.figures.figure import Figure
from counterarm.report.figures.forest import forest
from counterarm.report.reading import Results
from counterarm.report.sections.section import Section
from counterarm.report.tables import Table, table_of
from counterarm.report.words import is_missing, name_words, plural
from counterarm.tables.trust.specifications import AXES

Z_95 = 1.959964
# The sentence that must accompany an E-value under the rule as recorded.
ASCERTAINMENT = "An E-value says nothing about how deaths are ascertained."


def verdict_section(results: Results, analysis_id: str) -> Section | None:
    """Return the section of a main analysis; None where there is no verdict on it."""
    if results.of("verdict_summary", analysis_id).empty:
        return None
    challenges = results.of("verdict", analysis_id).sort_values("position")
    figures = [
        figure
        for figure in (
            _follow_up(results, analysis_id),
            _ascertainment(results, analysis_id),
            _calibrated(results, analysis_id),
            _bias(results, analysis_id, challenges),
            _tipping(results, analysis_id),
            _specifications(results, analysis_id),
        )
        if figure is not None
    ]
    return Section(
        "verdict",
        "What would have to be true",
        figures,
        # the headline is beside the hazard ratio, above this section
        _tables(results, analysis_id, challenges),
    )


def checked_analysis(results: Results, analysis_id: str) -> str:
    """Return the analysis that later checks rest on, or the main one."""
    rows = results.of("follow_up_estimates", analysis_id)
    checked = rows.loc[rows["is_checked"].astype(bool), "rule_analysis_id"]
    return analysis_id if checked.empty else str(checked.iloc[0])


def _follow_up(results: Results, analysis_id: str) -> Figure | None:
    rows = results.of("follow_up_estimates", analysis_id).sort_values("position")
    if rows["hazard_ratio"].notna().sum() < 1:
        return None
    rows = rows.assign(label=rows["follow_up_rule"].map(name_words), kind="Estimate")
    rows["events"] = [
        "" if is_missing(events) else plural(events, "event")
        for events in rows["n_events"]
    ]
    return forest(
        "follow-up-rules",
        "The hazard ratio under each follow-up rule, matched again in its pool. As "
        "recorded, deaths of controls count until they stop being recorded, survivors "
        "only until the last visit. Alive to last death is the best case for controls.",
        rows,
        rows["label"].tolist(),
        "kind",
        "events",
    )


def _ascertainment(results: Results, analysis_id: str) -> Figure | None:
    rows = results.of("ascertainment", analysis_id)
    rows = rows[
        (rows["measure"] == "observed_over_expected")
        # at a site visits are too far apart for deaths to be expected between them
        & (rows["arm"] == "control")
        & (rows["pseudo_trial_id"] == "recording")
        & rows["value"].notna()
    ]
    return observed_over_expected(rows) if len(rows) else None


def _calibrated(results: Results, analysis_id: str) -> Figure | None:
    rows = results.of("calibrated", analysis_id).dropna(subset=["calibrated_coef"])
    if rows.empty:
        return None
    first = rows.iloc[0]
    spread = Z_95 * float(first["se"])
    estimates = [
        ("As estimated", first["coef"], first["coef"] - spread, first["coef"] + spread)
    ] + [
        (
            f"Calibrated on {name_words(row['null_id'])}",
            row["calibrated_coef"],
            row["calibrated_ci_low"],
            row["calibrated_ci_high"],
        )
        for row in rows.to_dict("records")
    ]
    frame = pd.DataFrame(
        estimates, columns=["label", "hazard_ratio", "ci_low", "ci_high"]
    )
    for column in ("hazard_ratio", "ci_low", "ci_high"):
        frame[column] = np.exp(frame[column].astype(float))
    return forest(
        "calibrated",
        "The hazard ratio calibrated on comparisons of placebo with placebo. The "
        "calibrated interval holds 1 where such a result is usual under no effect. C1 "
        "varies the matching only, C2 the ascertainment (only as good as its reference "
        "rule), C3 the pseudo-trials. Draws share subjects, so that the intervals are "
        "too narrow; no comparison involves the site's patients or their era.",
        frame.assign(kind="Estimate"),
        frame["label"].tolist(),
        "kind",
    )


def _bias(
    results: Results, analysis_id: str, challenges: pd.DataFrame
) -> Figure | None:
    strength = results.of("covariate_strength", checked_analysis(results, analysis_id))
    needed = challenges.loc[challenges["challenge"] == "confounder", "needed"].dropna()
    if strength.dropna(subset=["rr_ud", "rr_eu"]).empty or needed.empty:
        return None
    factor = float(needed.iloc[0])
    # an interval that holds 1 needs no confounder, so that there is no curve to draw
    return bias_plot(strength, factor) if factor > 1 else None


def _tipping(results: Results, analysis_id: str) -> Figure | None:
    rows = results.of("tipping_points", checked_analysis(results, analysis_id))
    rows = rows.dropna(subset=["coef", "delta"])
    return tipping_curve(rows) if len(rows) else None


def _specifications(results: Results, analysis_id: str) -> Figure | None:
    rows = results.of("specifications", analysis_id)
    if rows["hazard_ratio"].notna().sum() < 2:
        return None
    return specification_curve(rows, list(AXES))


def _e_values(results: Results, analysis_id: str) -> pd.DataFrame:
    """Return E-values under the corrected rule, if there is one, then as published."""
    checked = checked_analysis(results, analysis_id)
    names = list(dict.fromkeys([checked, analysis_id]))
    return pd.concat(
        [results.of("e_values", name) for name in names], ignore_index=True
    )


def _tables(
    results: Results, analysis_id: str, challenges: pd.DataFrame
) -> list[Table]:
    tables = [
        table_of(
            "verdict",
            "Each challenge: what would have to be true for the interval to hold 1, "
            "and what was seen. The gravest come first.",
            challenges,
            {
                "question": "Question",
                "outcome": "Outcome",
                "needed": "Needed",
                "seen": "Seen",
                "scale": "Scale",
                "sentence": "In words",
            },
        )
    ]
    follow_up = results.of("follow_up_estimates", analysis_id).sort_values("position")
    if len(follow_up):
        tables.append(
            table_of(
                "follow-up-rules",
                "Hazard ratio under each follow-up rule.",
                follow_up,
                {
                    "follow_up_rule": "Follow-up rule",
                    "n": "Subjects",
                    "n_events": "Events",
                    "hazard_ratio": "HR",
                    "ci_low": "95% CI from",
                    "ci_high": "to",
                    "variance": "Variance",
                    "note": "Note",
                },
            )
        )
    e_values = _e_values(results, analysis_id)
    if len(e_values):
        tables.append(
            table_of(
                "e-values",
                "E-values under the follow-up rule of the checks, and of the "
                f"published estimates. {ASCERTAINMENT}",
                e_values,
                {
                    "model_id": "Model",
                    "follow_up_rule": "Follow-up rule",
                    "hazard_ratio": "HR",
                    "e_value": "E-value",
                    "e_value_limit": "E-value of the limit",
                },
            )
        )
    record = results.of("reporting_record", analysis_id)
    if len(record):
        tables.append(
            table_of(
                "reporting-record",
                "Where the items of reporting guidelines are answered, and what is "
                "left to write by hand. It records evidence, not a judgement. Items "
                "of STROBE and ROBINS-I have their published numbers; those of TARGET, "
                "FDA and ICH have names only, as numbers could not be compared with "
                "the full texts.",
                record.sort_values(["guideline", "position"]),
                {
                    "guideline": "Guideline",
                    "item": "Item",
                    "label": "Asks for",
                    "status": "Status",
                    "answer": "Answer",
                    "by_hand": "By hand",
                    "evidence_table": "Tables",
                },
            )
        )
    return tables
