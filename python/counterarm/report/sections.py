"""The parts of an analysis: what was asked, who is in it, what came out."""

from collections.abc import Callable, Iterator

import pandas as pd

from counterarm.report import (
    cohort_figures,
    course_figures,
    hazard_sections,
    meaning,
    meaning_of_course,
    survival_sections,
)
from counterarm.report.flow import flow_diagram
from counterarm.report.meaning import Remark
from counterarm.report.reading import Results
from counterarm.report.section import Section
from counterarm.report.tables import Table, baseline_table, further_table, table_of
from counterarm.report.words import NOT_BASELINE

# What further tables show on the page; their files have every row.
SHOWN_ROWS = 10
# Which section a further table belongs to, by the beginning of its name.
BELONGS = {
    "survival": ("survival", "time_contrast", "power"),
    "balance": ("match", "pair_difference", "association", "baseline"),
    "function": ("function", "alsfrs"),
    "response": ("response", "early_response"),
    "events": ("safety", "adverse"),
}


def analysis_sections(
    results: Results, analysis_id: str, small: int | None
) -> list[Section]:
    """Return the sections of one analysis that have something to show."""
    builders: list[Callable[..., Section | None]] = [
        _design,
        _flow,
        _balance,
        survival_sections.survival,
        hazard_sections.hazards,
        hazard_sections.subgroups,
        survival_sections.doses,
        hazard_sections.time,
        _function,
        _response,
        _events,
    ]
    made = (build(results, analysis_id, small) for build in builders)
    sections = {section.key: section for section in made if section is not None}
    rest = []
    for name, table in _further(results, analysis_id):
        keys = [key for key, starts in BELONGS.items() if name.startswith(starts)]
        at = sections[keys[0]].tables if keys and keys[0] in sections else rest
        at.append(table)
    further = [Section("more", "Further tables", tables=rest)] if rest else []
    return [*sections.values(), *further]


def _design(results: Results, analysis_id: str, small: int | None) -> Section | None:
    rows = results.of("design_in_words", analysis_id)
    if rows.empty:
        return None
    titles = {
        "arms": "Arms and index day",
        "eligibility": "Who is eligible, in this order",
        "windows": "Which assessment counts",
        "matching": "Matching",
        "endpoints": "Endpoints",
        "groups": "Groups compared",
        "models": "Models",
    }
    rows = rows.sort_values(["topic", "position"])
    sentences = {
        title: rows[rows["topic"] == topic]["sentence"].tolist()
        for topic, title in titles.items()
    }
    return Section(
        "design",
        "The design in words",
        lead="Made from the rows of the protocol.",
        sentences={
            title: [f"{text[:1].upper()}{text[1:]}" for text in said]
            for title, said in sentences.items()
            if said
        },
    )


def _flow(results: Results, analysis_id: str, small: int | None) -> Section | None:
    rows = results.of("attrition_flow", analysis_id)
    if rows.empty:
        return None
    table = table_of(
        "attrition",
        "Every step of both arms.",
        rows.sort_values(["arm", "step"], ascending=[False, True]),
        {
            "arm": "Arm",
            "label": "Step",
            "n_before": "Came",
            "n_failed": "Left out",
            "n_not_evaluable": "Cannot be judged",
            "n_after": "Stayed",
        },
    )
    return Section(
        "flow",
        "Who is in it",
        [flow_diagram(rows)],
        [table],
        meaning.on_flow(rows),
    )


def _balance(results: Results, analysis_id: str, small: int | None) -> Section | None:
    balance = results.of("covariate_balance", analysis_id)
    baseline = results.of("baseline_by_group", analysis_id)
    overlap = results.of("score_overlap", analysis_id)
    figures, tables = [], []
    if not overlap.empty:
        figures.append(cohort_figures.score_overlap(overlap))
    if balance["smd"].notna().any() if len(balance) else False:
        figures.append(cohort_figures.love_plot(balance))
    if not baseline.empty:
        tables.append(baseline_table(baseline, balance, NOT_BASELINE))
    if not balance.empty:
        tables.append(
            table_of(
                "balance",
                "Standardised differences before and after matching.",
                balance,
                {
                    "label": "Variable",
                    "level": "Level",
                    "role": "Used for",
                    "sample": "Sample",
                    "mean_treated": "Treated",
                    "mean_control": "Controls",
                    "smd": "SMD",
                    "variance_ratio": "Variance ratio",
                },
            )
        )
    if not figures and not tables:
        return None
    remarks = meaning.on_balance(balance) if len(balance) else []
    return Section("balance", "Are the arms alike", figures, tables, remarks)


def _function(results: Results, analysis_id: str, small: int | None) -> Section | None:
    means = results.of("function_by_quarter", analysis_id)
    if means.empty:
        return None
    course = results.of("function_course", analysis_id)
    table = table_of(
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
    return Section(
        "function",
        "Function",
        [course_figures.function_course(course, means)],
        [table],
        meaning_of_course.on_function(means),
    )


def _response(results: Results, analysis_id: str, small: int | None) -> Section | None:
    table = results.of("response_by_subgroup", analysis_id)
    differences = results.of("response_differences", analysis_id)
    if table.empty:
        return None
    early = results.of("early_response_fit", analysis_id)
    tables = [
        table_of(
            "response",
            "Pairs by response and subgroup.",
            table,
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
        )
    ]
    if not early.empty:
        tables.append(
            table_of(
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
            )
        )
    figures = [] if differences.empty else [course_figures.waterfall(differences)]
    return Section(
        "response", "Response", figures, tables, meaning_of_course.on_response(table)
    )


def _events(results: Results, analysis_id: str, small: int | None) -> Section | None:
    rows = results.of("adverse_event_rates", analysis_id)
    if rows.empty:
        return None
    terms = rows[
        (rows["window"] == "one_year") & (rows["kind"] == "AE") & (rows["pt"] != "ANY")
    ]
    kinds = rows[(rows["soc"] == "ANY") & (rows["pt"] == "ANY")]
    names = {
        "arm": "Arm",
        "study_id": "Study",
        "population": "Population",
        "window": "Window",
        "kind": "Kind",
        "n_at_risk": "At risk",
        "n_subjects": "With an event",
        "pct_subjects": "%",
        "n_events": "Events",
        "rate_per_100_py": "Per 100 person-years",
    }
    table = table_of(
        "adverse-events",
        "Adverse events (AE), those causality does not rule out (ADR) and serious ones "
        "(SAE); every term is in the CSV.",
        kinds.sort_values(["kind", "window", "arm"], ascending=[True, False, False]),
        names,
        whole=rows,
    )
    has_terms = pd.to_numeric(terms["pct_subjects"], errors="coerce").notna().any()
    return Section(
        "events",
        "Adverse events",
        [course_figures.adverse_events(terms)] if has_terms else [],
        [table],
        [
            Remark(
                "These are all subjects of the studies, not the matched ones. "
                "Trials and "
                "sites ask, code and record differently, so that a difference is no "
                "effect of the treatment.",
                caution=True,
            )
        ],
    )


def _further(results: Results, analysis_id: str) -> Iterator[tuple[str, Table]]:
    for name in results.more:
        rows = results.of(name, analysis_id)
        if not rows.empty:
            yield name, further_table(results, name, rows, SHOWN_ROWS)
