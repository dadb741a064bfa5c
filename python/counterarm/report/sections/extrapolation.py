"""Extrapolated survival of an analysis that asks for it."""

import pandas as pd

from counterarm.report.figures.extrapolation import extrapolated
from counterarm.report.reading import Results
from counterarm.report.remarks.extrapolation import horizon_words, on_extrapolation
from counterarm.report.sections.section import Section, one_scale
from counterarm.report.tables import Table, table_of
from counterarm.report.words import distribution_words
from counterarm.tables.extrapolation import AS_RECORDED


def extrapolation(results: Results, analysis_id: str) -> Section | None:
    """Show distributions over and beyond the curves, their means and criteria."""
    fits = results.of("extrapolation", analysis_id)
    if fits.empty:
        return None
    curves = results.of("extrapolation_curves", analysis_id)
    steps = one_scale(results.of("survival_steps", analysis_id))
    figures, remarks = [], []
    for (endpoint, chosen), own in fits.groupby(["endpoint", "comparison_set"]):
        of_set = (curves["endpoint"] == endpoint) & (curves["comparison_set"] == chosen)
        drawn = curves[of_set]
        observed = steps[steps["endpoint"] == endpoint]
        if len(drawn):
            shown = own[own["group_name"].isin(drawn["group_name"])]
            figures.append(extrapolated(drawn, observed, shown))
        remarks += on_extrapolation(own)
    ordered = fits.sort_values(["endpoint", "comparison_set", "group_name", "aic"])
    shown = ordered.assign(distribution=ordered["distribution"].map(distribution_words))
    shown["note"] = _notes(shown)
    table = table_of(
        "extrapolation",
        "Extrapolated means, in days: over all time, and of the time up to "
        f"{horizon_words(fits)}. Parameters are in a separate table.",
        shown,
        {
            "group_name": "Group",
            "distribution": "Distribution",
            "aic": "AIC",
            "bic": "BIC",
            "median_days": "Median, days",
            "mean_days": "Mean, days",
            "mean_ci_low": "95% CI",
            "mean_ci_high": "95% CI",
            "share_beyond_follow_up": "Share beyond follow-up",
            "restricted_mean_days": "Mean to the horizon, days",
            "restricted_mean_ci_low": "95% CI",
            "restricted_mean_ci_high": "95% CI",
            "note": "Note",
        },
        whole=fits,
    )
    tables = [table]
    differences = results.of("extrapolation_differences", analysis_id)
    if not differences.empty:
        tables.append(_differences_table(differences))
    return Section("extrapolation", "Extrapolated survival", figures, tables, remarks)


def _differences_table(differences: pd.DataFrame) -> Table:
    keys = ["endpoint", "comparison_set", "comparison", "measure", "distribution"]
    ordered = differences.sort_values([*keys, "variance"], kind="stable")
    shown = ordered.assign(
        distribution=ordered["distribution"].map(distribution_words),
        note=_notes(ordered),
    )
    return table_of(
        "extrapolation-differences",
        "Differences of extrapolated means, in days, by the same distribution in both "
        "groups: over all time, and up to the horizon. What is reached by the last day "
        "on which both groups were followed is in a separate column; the rest rests on "
        "the distribution.",
        shown,
        {
            "comparison": "Comparison",
            "distribution": "Distribution",
            "measure": "Measure",
            "variance": "Variance",
            "estimate": "Difference, days",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
            "p_value": "p",
            "within_follow_up": "Of it within follow-up",
            "note": "Note",
        },
        whole=differences,
        folded=True,
        signed={"ci_low", "ci_high"},
    )


def _notes(shown: pd.DataFrame) -> pd.Series:
    """Return the notes without what a remark says once."""
    notes = shown["note"].str.replace(AS_RECORDED, "", regex=False).str.strip("; ")
    return notes.where(notes != "")
