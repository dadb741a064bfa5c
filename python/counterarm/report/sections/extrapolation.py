"""Extrapolated survival of an analysis that asks for it."""

from counterarm.report.figures.extrapolation import extrapolated
from counterarm.report.reading import Results
from counterarm.report.remarks.extrapolation import horizon_words, on_extrapolation
from counterarm.report.sections.section import Section, one_scale
from counterarm.report.tables import table_of
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
    # a remark says it once
    notes = shown["note"].str.replace(AS_RECORDED, "").str.strip("; ")
    shown["note"] = notes.where(notes != "")
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
    return Section("extrapolation", "Extrapolated survival", figures, [table], remarks)
