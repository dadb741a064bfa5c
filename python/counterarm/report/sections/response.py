"""Response of the pairs of an analysis."""

import pandas as pd

from counterarm.report.figures.change import response_course
from counterarm.report.figures.course import waterfall
from counterarm.report.reading import Results
from counterarm.report.remarks.course import on_response
from counterarm.report.sections.section import Section
from counterarm.report.tables import Table, table_of
from counterarm.report.words import name_words


def response(results: Results, analysis_id: str) -> Section | None:
    """Show the classes of the pairs, their course, persistence and predictors."""
    table = results.of("response_by_subgroup", analysis_id)
    if table.empty:
        return None
    differences = results.of("response_differences", analysis_id)
    course = results.of("response_course", analysis_id)
    figures = [] if differences.empty else [waterfall(differences)]
    known = course["mean_total"].notna().any() if len(course) else False
    if known and analysis_id not in results.in_brief:
        figures.append(response_course(course))
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
    return Section("response", "Response", figures, tables, on_response(table))


def _classes_table(table: pd.DataFrame) -> Table:
    return table_of(
        "response",
        "Pairs by response and subgroup.",
        table.sort_values(
            "subgroup_set", key=lambda s: s != "all", kind="stable"
        ).assign(subgroup=lambda f: f["subgroup"].map(name_words)),
        {
            "subgroup": "Subgroup",
            "n_pairs": "Pairs",
            "n_decreased": "Less progression",
            "n_no_change": "No difference",
            "n_increased": "More progression",
            "n_without_class": "Not classified",
            "pct_decreased": "% less progression",
            "pct_increased": "% more progression",
            "ratio": "Ratio less / more",
            "p_value": "p",
        },
        whole=table,
        folded=False,
    )


def _persistence_table(rows: pd.DataFrame) -> Table:
    return table_of(
        "response-persistence",
        "Persistence of the advantage in pairs with less progression, by linear "
        "extrapolation of the assessments after treatment; most are beyond the last "
        "assessment.",
        rows.assign(persistence=rows["persistence"].map(name_words)),
        {
            "persistence": "Persistence",
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
        "Predictors of the response in one model: odds ratios of less or "
        "more progression vs no difference, and of failure (none or more). "
        "Single-predictor models are in the file.",
        shown.assign(term=shown["term"].map(name_words, na_action="ignore")),
        {
            "outcome": "Outcome",
            "term": "Predictor",
            "odds_ratio": "Odds ratio",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
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
            "ci_low": "95% CI",
            "ci_high": "95% CI",
            "n_pairs": "Pairs",
            "note": "Note",
        },
        folded=True,
    )
