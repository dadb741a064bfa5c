"""The parts of an analysis: design, participants, results."""

from collections.abc import Callable, Iterator

import pandas as pd

from counterarm.report.figures.cohort import love_plot, score_overlap
from counterarm.report.figures.participant_flow import flow_diagram
from counterarm.report.reading import Results
from counterarm.report.remarks.cohort import (
    on_balance,
    on_flow,
    on_index_days,
)
from counterarm.report.sections.borrowing import borrowing
from counterarm.report.sections.competing import competing
from counterarm.report.sections.extrapolation import extrapolation
from counterarm.report.sections.function import function
from counterarm.report.sections.function_survival import function_survival
from counterarm.report.sections.hazards import hazards, subgroups, time
from counterarm.report.sections.response import response
from counterarm.report.sections.section import Section
from counterarm.report.sections.survival import doses, survival
from counterarm.report.sections.verdict import verdict_section
from counterarm.report.tables import Table, baseline_table, further_table, table_of
from counterarm.report.variants import known_later
from counterarm.report.words import SHOWN_OTHERWISE, name_words

# What further tables show on the page; their files have every row.
SHOWN_ROWS = 10
# Which section a further table belongs to, by the beginning of its name.
BELONGS = {
    "extrapolation": ("extrapolation",),
    "survival": ("survival",),
    "balance": ("association", "baseline"),
    "function-survival": ("win_ratio", "joint_rank"),
    "function": ("function", "alsfrs"),
    "response": ("response", "early_response"),
}


def analysis_sections(results: Results, analysis_id: str) -> list[Section]:
    """Return the sections of one analysis that have something to show."""
    builders: list[Callable[..., Section | None]] = [
        verdict_section,
        _design,
        _flow,
        _balance,
        survival,
        extrapolation,
        hazards,
        borrowing,
        competing,
        subgroups,
        doses,
        time,
        function,
        function_survival,
        response,
        _power,
    ]
    made = (build(results, analysis_id) for build in builders)
    sections = {section.key: section for section in made if section is not None}
    rest: list = []
    for name, table in _further(results, analysis_id):
        keys = [key for key, starts in BELONGS.items() if name.startswith(starts)]
        at = sections[keys[0]].tables if keys and keys[0] in sections else rest
        at.append(table)
    further = [Section("more", "Further tables", tables=rest)] if rest else []
    return [*sections.values(), *further]


def _design(results: Results, analysis_id: str) -> Section | None:
    rows = results.of("design_in_words", analysis_id)
    if rows.empty:
        return None
    titles = {
        "arms": "Arms and index day",
        "eligibility": "Eligibility, in this order",
        "windows": "Assessment windows",
        "assumptions": "Assumed values",
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
        "Study design",
        lead="Written from the protocol.",
        sentences={
            title: [f"{text[:1].upper()}{text[1:]}" for text in said]
            for title, said in sentences.items()
            if said
        },
    )


def _flow(results: Results, analysis_id: str) -> Section | None:
    rows = results.of("attrition_flow", analysis_id)
    if rows.empty:
        return None
    # of subjects with one index day each the number is that of candidates
    several = {"n_subjects": "Subjects"} if on_index_days(rows) else {}
    table = table_of(
        "attrition",
        "Every step of both arms.",
        rows.sort_values(["arm", "step"], ascending=[False, True]),
        {
            "arm": "Arm",
            "label": "Step",
            "n_before": "Entered",
            "n_failed": "Excluded",
            "n_not_evaluable": "Not evaluable",
            "n_after": "Remained",
            **several,
        },
    )
    pooled = results.of("source_flow", analysis_id)
    return Section(
        "flow",
        "Participant flow",
        [flow_diagram(rows)],
        [table] if pooled.empty else [table, sources_table(pooled)],
        on_flow(rows),
    )


def sources_table(pooled: pd.DataFrame) -> Table:
    """Show the studies that feed each arm, one row each."""
    return table_of(
        "sources",
        "Studies that are pooled in an arm.",
        pooled.sort_values(["arm", "studyid"], ascending=[False, True]),
        {
            "arm": "Arm",
            "studyid": "Study",
            "armcds": "Its arms",
            "index_rules": "Index day",
            "n_identified": "Identified",
            "n_indexed": "With index day",
            "n_eligible": "Eligible",
            "n_matched": "Matched",
            "sum_of_weights": "Sum of weights",
        },
    )


def _balance(results: Results, analysis_id: str) -> Section | None:
    balance = results.of("covariate_balance", analysis_id)
    baseline = results.of("baseline_by_group", analysis_id)
    overlap = results.of("score_overlap", analysis_id)
    figures, tables = [], []
    if not overlap.empty:
        figures.append(score_overlap(overlap, results.is_weighted(analysis_id)))
    if balance["smd"].notna().any() if len(balance) else False:
        figures.append(love_plot(balance))
    if not baseline.empty:
        # what happens after index is no baseline
        hidden = SHOWN_OTHERWISE | known_later(results.of("variables"))
        tables.append(baseline_table(baseline, balance, hidden))
    if not balance.empty:
        tables.append(
            table_of(
                "balance",
                "Standardised mean differences before and after matching, all levels.",
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
    tables += _matching_tables(results, analysis_id)
    if not figures and not tables:
        return None
    remarks = on_balance(balance) if len(balance) else []
    return Section("balance", "Covariate balance", figures, tables, remarks)


def _matching_tables(results: Results, analysis_id: str) -> Iterator[Table]:
    """Show how many are used, their effective size, and differences within pairs."""
    matched = results.of("match_summary", analysis_id)
    if not matched.empty:
        yield table_of(
            "match-summary",
            "Subjects used by the matching, and their effective sample size.",
            matched.sort_values("arm", ascending=False),
            {
                "arm": "Arm",
                "estimand": "Estimand",
                "n_eligible": "Eligible",
                "n_discarded": "Discarded",
                "n_left_out": "Not matched",
                "n_used": "Used",
                "n_sets": "Sets",
                "effective_sample_size": "Effective sample size",
                "largest_weight": "Largest weight",
            },
        )
    apart = results.of("pair_difference_table", analysis_id)
    apart = apart[apart["n_known"] != 0] if len(apart) else apart
    if not apart.empty:
        yield table_of(
            "pair-differences",
            "Differences between the members of a pair.",
            apart.sort_values(["variable", "kind", "position"], ascending=[1, 0, 1]),
            {
                "label": "Difference within the pair",
                "n_known": "Pairs known",
                "n_within": "Within",
                "pct_within": "%",
            },
            folded=True,
        )


def _power(results: Results, analysis_id: str) -> Section | None:
    rows = results.of("power", analysis_id)
    if rows.empty:
        return None
    table = table_of(
        "power",
        "Power of the log-rank test for the questions of the protocol, by formula and "
        "by simulation.",
        rows.assign(question=rows["question"].map(name_words)),
        {
            "question": "Question",
            "method": "Method",
            "n_treated": "Treated",
            "n_control": "Controls",
            "s_treated": "Survival, treated",
            "s_control": "Survival, controls",
            "power": "Power",
            "monte_carlo_se": "Simulation SE",
            "n_per_group_for_target": "Needed per group",
            "note": "Note",
        },
        whole=rows,
    )
    return Section("power", "Power", tables=[table])


def _further(results: Results, analysis_id: str) -> Iterator[tuple[str, Table]]:
    for name in results.more:
        rows = results.of(name, analysis_id)
        if not rows.empty:
            yield name, further_table(results, name, rows, SHOWN_ROWS)
