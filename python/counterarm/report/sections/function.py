"""Function of an analysis."""

import pandas as pd

from counterarm.report.figures.change import function_change
from counterarm.report.figures.course import function_course
from counterarm.report.reading import Results
from counterarm.report.remarks.course import on_decline, on_function, on_slopes
from counterarm.report.sections.section import Section
from counterarm.report.tables import Table, table_of
from counterarm.report.variants import SUBGROUP_SET
from counterarm.report.words import inner_words, name_words


def function(results: Results, analysis_id: str) -> Section | None:
    """Show the course of the ALSFRS-R total, its changes and its slopes."""
    means = results.of("function_by_quarter", analysis_id)
    change = results.of("function_change", analysis_id)
    if means.empty and change.empty:
        return None
    figures, tables = [], []
    if not means.empty:
        course = results.of("function_course", analysis_id)
        figures.append(function_course(course, means, results.is_weighted(analysis_id)))
    if not change.empty:
        sets = _drawn_sets(change)
        if analysis_id not in results.in_brief and sets:
            figures.append(function_change(change, sets))
        tables.append(_change_table(change))
    model = results.of("function_model", analysis_id)
    slopes = model[model["term"] == "month_x_group"] if len(model) else model
    if not slopes.empty:
        tables.append(_slope_table(slopes, model))
    groups = results.of("function_slope_groups", analysis_id)
    if not groups.empty:
        tables.append(_group_slopes(groups))
    decline = results.of("function_decline_tests", analysis_id)
    if not decline.empty:
        tables.append(_decline_table(decline))
    if not means.empty:
        tables.append(_quarters(means))
    remarks = [
        *(on_function(means) if len(means) else []),
        *(on_slopes(slopes) if len(slopes) else []),
        *(on_decline(decline) if len(decline) else []),
    ]
    return Section("function", "Function", figures, tables, remarks)


def _drawn_sets(change: pd.DataFrame) -> list[str]:
    """Return the arms, and the largest set of several groups beside the controls."""
    known = change[change["mean"].notna()]
    sets = {name: set(of["group_name"]) for name, of in known.groupby("comparison_set")}
    sets = {n: groups for n, groups in sets.items() if not n.startswith(SUBGROUP_SET)}
    arms = [name for name, groups in sets.items() if groups == {"treated", "control"}]
    several = [name for name, g in sets.items() if len(g) > 2 and "control" in g]
    counts = pd.to_numeric(known["n"], errors="coerce")
    sizes = counts.groupby(known["comparison_set"]).sum()
    return [*arms[:1], *sorted(several, key=lambda name: -sizes[name])[:1]]


def _change_table(change: pd.DataFrame) -> Table:
    shown = change[change["comparison_set"] == "arms"]
    shown = shown.assign(
        group=shown["group_name"].map(name_words),
        window=shown["window_id"].map(name_words),
        at=pd.to_numeric(shown["window_id"].str.extract(r"(\d+)$")[0]),
    ).sort_values(["at", "group_name"], ascending=[True, False])
    return table_of(
        "function-change",
        "Change of the total from baseline, and why others have none; other groups "
        "are in the file.",
        shown,
        {
            "window": "Window",
            "group": "Group",
            "n": "Subjects",
            "n_assessed": "Assessed",
            "n_dead": "Dead",
            "n_lost": "Lost to follow-up",
            "n_not_assessed": "Not assessed",
            "mean": "Mean change",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
        },
        whole=change,
        folded=True,
        signed={"ci_low", "ci_high"},
    )


def _slope_table(slopes: pd.DataFrame, model: pd.DataFrame) -> Table:
    shown = slopes.assign(compared=slopes["comparison"].map(_versus))
    return table_of(
        "function-model",
        "Difference of the slopes by the mixed model (random intercept and slope), "
        "points per month; above 0 the first group declines more slowly. Other terms "
        "are in the file.",
        shown,
        {
            "compared": "Compared",
            "period": "Period",
            "estimate": "Difference",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
            "p_value_t": "p",
            "n_subjects": "Subjects",
            "n_rows": "Assessments",
            "note": "Note",
        },
        whole=model,
        signed={"ci_low", "ci_high"},
        folded=len(shown) > 6,
    )


def _group_slopes(groups: pd.DataFrame) -> Table:
    shown = groups[groups["comparison_set"] == "arms"]
    return table_of(
        "function-slopes",
        "Slopes of individual subjects, points per month.",
        shown.assign(group=shown["group_name"].map(name_words)),
        {
            "group": "Group",
            "period": "Period",
            "n": "Subjects",
            "n_with_slope": "Slope estimable",
            "mean": "Mean",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
            "median": "Median",
        },
        whole=groups,
        folded=True,
        signed={"ci_low", "ci_high"},
    )


def _decline_table(decline: pd.DataFrame) -> Table:
    shown = decline[decline["test"] == "wilcoxon_normal"]
    return table_of(
        "function-decline",
        "Decline during vs before treatment (points per month), and observed total vs "
        "that predicted from the earlier decline; Wilcoxon's signed-rank test. Its "
        "other variants are in the file.",
        shown.assign(who=shown["arm"].map(name_words)),
        {
            "who": "Arm",
            "comparison": "Compared",
            "n": "Subjects",
            "n_left_out": "Excluded",
            "mean_first": "First mean",
            "mean_second": "Second mean",
            "mean_difference": "Difference",
            "p_value": "p",
        },
        whole=decline,
        folded=False,
    )


def _quarters(means: pd.DataFrame) -> Table:
    return table_of(
        "function",
        "Mean ALSFRS-R total of those assessed, by 91 days from index.",
        means.sort_values(["arm", "quarter"], ascending=[False, True]),
        {
            "arm": "Arm",
            "day": "Day",
            "n_subjects": "Assessed",
            "mean_total": "Mean",
            "sd_total": "SD",
        },
    )


def _versus(comparison: str) -> str:
    first, *others = comparison.split(" vs ")
    return " vs ".join([name_words(first), *map(inner_words, others)])
