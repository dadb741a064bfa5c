"""Survival of the arms and of the groups of an analysis."""

import pandas as pd

from counterarm.report.figures.figure import Figure
from counterarm.report.figures.survival import kaplan_meier
from counterarm.report.reading import Results
from counterarm.report.remarks.survival import on_doses, on_follow_up, on_vital_status
from counterarm.report.sections.section import Section, one_scale
from counterarm.report.tables import Table, table_of
from counterarm.report.variants import (
    SUBGROUP_SET,
    arms_within_subgroups,
    is_common,
)
from counterarm.report.words import endpoint_words, name_words

ARMS = ["treated", "control"]


def comparison_groups(comparisons: pd.DataFrame, endpoint: str) -> dict[str, list[str]]:
    """Return the groups of each set that is compared, by the name of the set.

    Arms within a subgroup are left out: a forest plot shows them.
    """
    of = comparisons[comparisons["endpoint"] == endpoint]
    sets: dict[str, list[str]] = {}
    for row in of.itertuples():
        groups = row.comparison.split(" vs ")
        if len(groups) > len(sets.get(row.comparison_set, [])):
            sets[row.comparison_set] = groups
    return {
        name: groups
        for name, groups in sets.items()
        if not name.startswith(SUBGROUP_SET)
    }


def _curves(results: Results, analysis_id: str, is_main: bool) -> list[Figure]:
    """Draw the arms, or else the other groups, over all follow-up.

    The curve up to the common horizon is the same one, cut; it is not drawn.
    """
    steps = results.of("survival_steps", analysis_id)
    if steps.empty:
        return []
    steps = one_scale(steps[~is_common(steps["endpoint"])])
    summaries = one_scale(results.of("survival_by_group", analysis_id))
    comparisons = results.of("survival_comparisons", analysis_id)
    figures = []
    for endpoint, of in steps.groupby("endpoint", sort=True):
        there = set(of["group_name"])
        sets = {"arms": ARMS, **comparison_groups(comparisons, endpoint)}
        for groups in sets.values():
            main = set(groups) == set(ARMS)
            groups = ARMS if main else groups
            groups = [group for group in groups if group in there]
            if main == is_main and groups:
                said = summaries[summaries["endpoint"] == endpoint]
                figures.append(kaplan_meier(of, said, groups, results.suppress_below))
    return figures


def _survival_table(results: Results, analysis_id: str, name: str, main: bool) -> Table:
    rows = results.of("survival_by_group", analysis_id)
    is_arm = rows["group_name"].isin(ARMS)
    rows = rows[is_arm == main].sort_values(
        ["endpoint", "group_name", "conf_type"], ascending=[True, False, True]
    )
    within = arms_within_subgroups(results.of("survival_comparisons", analysis_id))
    shown = one_scale(rows[~rows["group_name"].isin(within)])
    if not main:
        shown = shown[~is_common(shown["endpoint"])]
    scale = ", ".join(shown["conf_type"].dropna().unique())
    return table_of(
        name,
        f"Medians and restricted means, in days. Intervals of the median on the scale "
        f"{scale}; further scales{'' if main else ', horizons and subgroups'} stand in "
        "the file.",
        shown.assign(
            group=shown["group_name"].map(name_words),
            what=shown["endpoint"].map(endpoint_words),
        ),
        {
            "what": "Endpoint",
            "group": "Group",
            "n": "Subjects",
            "n_events": "Events",
            "median_days": "Median",
            "median_ci_low": "95% from",
            "median_ci_high": "to",
            "rmst_days": "RMST",
            "rmst_se": "SE",
            "tau": "tau",
            "last_day": "Last day seen",
        },
        whole=rows,
    )


def survival(results: Results, analysis_id: str) -> Section | None:
    """Show the curves of both arms, medians and tests."""
    figures = _curves(results, analysis_id, is_main=True)
    if not figures:
        return None
    rows = one_scale(results.of("survival_by_group", analysis_id))
    rows = rows[~is_common(rows["endpoint"])]
    tables = [_survival_table(results, analysis_id, "survival", main=True)]
    tests = results.of("survival_comparisons", analysis_id)
    if not tests.empty:
        tables.append(_tests_table(tests))
    remarks = [
        *on_follow_up(rows),
        *on_vital_status(results.of("baseline_by_group", analysis_id)),
    ]
    return Section("survival", "Survival", figures, tables, remarks)


def _tests_table(tests: pd.DataFrame) -> Table:
    """Show the tests of the arms; those of groups, horizons and subgroups in the CSV.

    Thirteen tests of one difference are no thirteen findings: they wait, folded.
    """
    shown = tests[(tests["comparison_set"] == "arms") & ~is_common(tests["endpoint"])]
    return table_of(
        "survival-tests",
        "Every test of the difference of the two curves. The protocol did not choose "
        "one after seeing them: where they disagree, the difference changes with time. "
        "Tests of groups, subgroups and of the common horizon stand in the file.",
        shown,
        {
            "test": "Test",
            "endpoint": "Endpoint",
            "statistic": "Statistic",
            "df": "df",
            "p_value": "p",
            "p_adjusted": "p adjusted",
            "definition": "What is computed",
        },
        whole=tests,
        folded=True,
    )


def doses(results: Results, analysis_id: str) -> Section | None:
    """Show the curves of further groups; of an analysis in brief their table only."""
    rows = results.of("survival_by_group", analysis_id)
    if rows.empty:
        return None
    within = arms_within_subgroups(results.of("survival_comparisons", analysis_id))
    groups = [g for g in rows["group_name"].unique() if g not in {*ARMS, *within}]
    if not groups:
        return None
    in_brief = analysis_id in results.in_brief
    figures = [] if in_brief else _curves(results, analysis_id, is_main=False)
    doses = [group for group in groups if group in ("single_cycle", "multiple")]
    return Section(
        "groups",
        "Dose groups and other groups" if doses else "Other groups",
        figures,
        [_survival_table(results, analysis_id, "survival-groups", main=False)],
        on_doses(sorted(doses, reverse=True)) if doses else [],
    )
