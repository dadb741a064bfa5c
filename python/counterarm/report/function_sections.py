"""Function and response of an analysis."""

import pandas as pd

from counterarm.report import change_figures, course_figures, meaning_of_course
from counterarm.report.reading import Results
from counterarm.report.section import Section
from counterarm.report.tables import Table, table_of
from counterarm.report.variants import SUBGROUP_SET
from counterarm.report.words import name_words

DOSES = {"single_cycle", "multiple"}


def function(results: Results, analysis_id: str, small: int | None) -> Section | None:
    """Show the course of the ALSFRS-R total, its changes and its slopes."""
    means = results.of("function_by_quarter", analysis_id)
    change = results.of("function_change", analysis_id)
    if means.empty and change.empty:
        return None
    figures, tables = [], []
    if not means.empty:
        course = results.of("function_course", analysis_id)
        figures.append(course_figures.function_course(course, means))
    if not change.empty:
        sets = _drawn_sets(change)
        if analysis_id not in results.in_brief and sets:
            figures.append(change_figures.function_change(change, sets))
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
        *(meaning_of_course.on_function(means) if len(means) else []),
        *(meaning_of_course.on_slopes(slopes) if len(slopes) else []),
        *(meaning_of_course.on_decline(decline) if len(decline) else []),
    ]
    return Section("function", "Function", figures, tables, remarks)


def _drawn_sets(change: pd.DataFrame) -> list[str]:
    """Return the arms and the dose groups, where there is a mean of both."""
    known = change[change["mean"].notna()]
    sets = {name: set(of["group_name"]) for name, of in known.groupby("comparison_set")}
    sets = {n: groups for n, groups in sets.items() if not n.startswith(SUBGROUP_SET)}
    arms = [name for name, groups in sets.items() if groups == {"treated", "control"}]
    doses = [name for name, g in sets.items() if g & DOSES and "control" in g]
    return [*arms[:1], *doses[:1]]


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
        "stand in the file.",
        shown,
        {
            "window": "Window",
            "group": "Group",
            "n": "Subjects",
            "n_assessed": "Assessed",
            "n_dead": "Dead",
            "n_lost": "Lost",
            "n_not_assessed": "Not assessed",
            "mean": "Mean change",
            "ci_low": "95% from",
            "ci_high": "to",
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
        "points per month; above 0 the first named loses less. Other terms stand in "
        "the file.",
        shown,
        {
            "compared": "Compared",
            "period": "Period",
            "estimate": "Difference",
            "ci_low": "95% from",
            "ci_high": "to",
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
        "Slopes of single subjects, points per month.",
        shown.assign(group=shown["group_name"].map(name_words)),
        {
            "group": "Group",
            "period": "Period",
            "n": "Subjects",
            "n_with_slope": "With a slope",
            "mean": "Mean",
            "ci_low": "95% from",
            "ci_high": "to",
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
        "Decline during treatment against before it (points per month), and the total "
        "seen against the one that the earlier decline foretold; Wilcoxon's "
        "signed-rank test. Its other variants stand in the file.",
        shown.assign(who=shown["arm"].map(name_words)),
        {
            "who": "Arm",
            "comparison": "Compared",
            "n": "Subjects",
            "n_left_out": "Left out",
            "mean_first": "Mean of the first",
            "mean_second": "of the second",
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
    return " against ".join(
        word if i == 0 else word[:1].lower() + word[1:]
        for i, word in enumerate(map(name_words, comparison.split(" vs ")))
    )


def response(results: Results, analysis_id: str, small: int | None) -> Section | None:
    """Show the classes of the pairs, their course, persistence and predictors."""
    table = results.of("response_by_subgroup", analysis_id)
    if table.empty:
        return None
    differences = results.of("response_differences", analysis_id)
    course = results.of("response_course", analysis_id)
    figures = [] if differences.empty else [course_figures.waterfall(differences)]
    known = course["mean_total"].notna().any() if len(course) else False
    if known and analysis_id not in results.in_brief:
        figures.append(change_figures.response_course(course))
    makers = {
        "response_persistence": _persistence_table,
        "response_logistic": _logistic_table,
        "response_discriminant": _discriminant_table,
        "early_response_fit": _early_table,
    }
    made = ((make, results.of(name, analysis_id)) for name, make in makers.items())
    tables = [
        _classes_table(table),
        *(make(rows) for make, rows in made if not rows.empty),
    ]
    if not course.empty:
        tables.append(
            table_of(
                "response-course",
                "Mean totals of the pairs by class, arm and window.",
                course,
                folded=True,
            )
        )
    return Section(
        "response", "Response", figures, tables, meaning_of_course.on_response(table)
    )


def _classes_table(table: pd.DataFrame) -> Table:
    return table_of(
        "response",
        "Pairs by response and subgroup.",
        table.assign(subgroup=table["subgroup"].map(name_words)),
        {
            "subgroup": "Subgroup",
            "n_pairs": "Pairs",
            "n_decreased": "Less progression",
            "n_no_change": "No difference",
            "n_increased": "More progression",
            "n_without_class": "No class",
            "pct_decreased": "% less",
            "pct_increased": "% more",
            "ratio": "Less / more",
            "p_value": "p",
        },
        whole=table,
        folded=False,
    )


def _persistence_table(rows: pd.DataFrame) -> Table:
    return table_of(
        "response-persistence",
        "How long the advantage of the pairs with less progression lasts, by lines "
        "through what came after treatment. Most ends lie beyond the last assessment.",
        rows.assign(persistence=rows["persistence"].map(name_words)),
        {
            "persistence": "The advantage",
            "n_pairs": "Pairs",
            "median_advantage_at_last_dose": "Median points at the last dose",
            "median_months_to_three": "Median months until 3 points",
        },
        whole=rows,
    )


def _logistic_table(rows: pd.DataFrame) -> Table:
    is_joint = rows["model_id"].isin(["multinomial", "failure"])
    shown = rows[is_joint & (rows["term"] != "intercept")]
    return table_of(
        "response-logistic",
        "Predictors of the response, together in one model: odds ratios of less or "
        "more progression against no difference, and of failure (none or more). "
        "Predictors alone stand in the file.",
        shown.assign(term=shown["term"].map(name_words, na_action="ignore")),
        {
            "outcome": "Outcome",
            "term": "Predictor",
            "odds_ratio": "Odds ratio",
            "ci_low": "95% from",
            "ci_high": "to",
            "p_value": "p",
            "n_outcome": "With the outcome",
            "n_pairs": "Pairs",
            "note": "Note",
        },
        whole=rows,
        folded=True,
    )


def _discriminant_table(rows: pd.DataFrame) -> Table:
    return table_of(
        "response-discriminant",
        "Predictors of the class by linear discriminant analysis.",
        rows.assign(term=rows["term"].map(name_words)),
        {
            "term": "Predictor",
            "wilks_lambda": "Wilks' lambda",
            "partial_lambda": "Partial",
            "f": "F",
            "p_value": "p",
            "tolerance": "Tolerance",
            "n_pairs": "Pairs",
            "note": "Note",
        },
        whole=rows,
        folded=True,
    )


def _early_table(early: pd.DataFrame) -> Table:
    return table_of(
        "early-response",
        "Probability of therapeutic failure by the early difference.",
        early.sort_values("difference"),
        {
            "difference": "Early difference",
            "failure_probability": "Probability",
            "ci_low": "95% from",
            "ci_high": "to",
            "n_pairs": "Pairs",
            "note": "Note",
        },
        folded=True,
    )
