"""Competing risks of an analysis: incidence, its tests, and two hazard ratios."""

import pandas as pd

from counterarm.report.figures.incidence import cause_words, cumulative_incidence
from counterarm.report.reading import Results
from counterarm.report.remarks.competing import on_competing
from counterarm.report.sections.section import Section, one_scale
from counterarm.report.tables import Table, table_of
from counterarm.report.words import GROUPS, name_words

MILESTONES = (365, 730)


def competing(results: Results, analysis_id: str) -> Section | None:
    """Show what came first, where an endpoint has competing events; else nothing."""
    incidence = results.of("cumulative_incidence", analysis_id)
    if incidence.empty:
        return None
    arms = incidence[incidence["group_name"].isin(GROUPS)]
    steps = one_scale(results.of("survival_steps", analysis_id))
    figures = []
    for endpoint, rows in arms.groupby("endpoint", sort=True):
        known = steps[steps["endpoint"] == endpoint]
        label = known["endpoint_label"].dropna()
        causes = {
            cause: cause_words(endpoint, cause)
            for cause in [endpoint, *sorted(set(rows["cause"]) - {endpoint})]
        }
        figures.append(
            cumulative_incidence(
                rows,
                causes,
                label.iloc[0] if len(label) else endpoint,
                known["origin"].iloc[0] if len(known) else "index",
            )
        )
    tables = [_at_milestones(arms, incidence)]
    tests = results.of("cumulative_incidence_tests", analysis_id)
    if not tests.empty:
        tables.append(_tests(tests))
    ratios = results.of("subdistribution", analysis_id)
    if not ratios.empty:
        tables.append(_ratios(ratios))
    remarks = on_competing(arms, steps, tests, ratios)
    return Section("competing", "Competing risks", figures, tables, remarks)


def at_day(incidence: pd.DataFrame, day: int) -> pd.DataFrame:
    """Return the last row up to a day of each curve that is observed to it."""
    keys = ["endpoint", "group_name", "cause"]
    ends = incidence.groupby(["endpoint", "group_name"])["day"].transform("max")
    until = incidence[(incidence["day"] <= day) & (ends >= day)]
    return until.sort_values("day", kind="stable").drop_duplicates(keys, keep="last")


def _at_milestones(arms: pd.DataFrame, whole: pd.DataFrame) -> Table:
    shown = pd.concat([at_day(arms, day).assign(at_day=day) for day in MILESTONES])
    shown = shown.sort_values(
        ["endpoint", "at_day", "is_of_interest", "cause", "group_name"],
        ascending=[True, True, False, True, False],
    ).assign(
        group=lambda rows: rows["group_name"].map(name_words),
        what=[cause_words(row.endpoint, row.cause) for row in shown.itertuples()]
        if len(shown)
        else [],
    )
    return table_of(
        "cumulative-incidence",
        "Cumulative incidence at 12 and 24 months, of groups observed so long. All "
        "days and other groups are in the file.",
        shown,
        {
            "endpoint": "Endpoint",
            "at_day": "At day",
            "what": "What came first",
            "group": "Group",
            "incidence": "Cumulative incidence",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
        },
        whole=whole,
    )


def _tests(tests: pd.DataFrame) -> Table:
    shown = tests[tests["comparison_set"] == "arms"]
    return table_of(
        "cumulative-incidence-tests",
        "Gray's test of equal cumulative incidence. Other groups are in the file.",
        shown,
        {
            "endpoint": "Endpoint",
            "cause": "What came first",
            "comparison": "Comparison",
            "statistic": "Statistic",
            "df": "df",
            "p_value": "p",
            "definition": "Definition",
        },
        whole=tests,
    )


def _ratios(ratios: pd.DataFrame) -> Table:
    shown = ratios[ratios["term"] == "treated"]
    return table_of(
        "subdistribution",
        "Hazard ratios of treatment by cause: of the subdistribution (Fine and Gray), "
        "and cause-specific. Other terms are in the file.",
        shown,
        {
            "model_id": "Model",
            "endpoint": "Endpoint",
            "cause": "What came first",
            "method": "Method",
            "variance": "Variance",
            "hazard_ratio": "HR",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
            "p_value": "p",
            "n": "Subjects",
            "n_events": "Events",
            "note": "Note",
        },
        whole=ratios,
    )
