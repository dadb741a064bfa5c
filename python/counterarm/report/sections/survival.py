"""Survival of the arms and of the groups of an analysis."""

import pandas as pd

from counterarm.report.figures.figure import Figure
from counterarm.report.figures.survival import Labels, kaplan_meier
from counterarm.report.reading import Results
from counterarm.report.remarks.survival import (
    on_doses,
    on_entry,
    on_follow_up,
    on_vital_status,
)
from counterarm.report.sections.section import Section, one_scale
from counterarm.report.tables import Table, table_of
from counterarm.report.variants import (
    SUBGROUP_SET,
    arms_within_subgroups,
    is_common,
)
from counterarm.report.words import (
    endpoint_words,
    inner_words,
    is_missing,
    months,
    months_text,
    name_words,
    p_with_sign,
    ratio_with_ci,
    variance_words,
)

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
                figures.append(
                    kaplan_meier(
                        of,
                        said,
                        groups,
                        results.suppress_below,
                        _labels(results, analysis_id, said, endpoint, groups),
                        is_detailed=main and analysis_id not in results.in_brief,
                    )
                )
    return figures


def _labels(
    results: Results,
    analysis_id: str,
    summaries: pd.DataFrame,
    endpoint: str,
    groups: list[str],
) -> Labels:
    """Say below the title how the curves differ, and the medians."""
    label = summaries["endpoint_label"].dropna()
    what = label.iloc[0] if len(label) else endpoint
    said = [name_words(groups[0]), *map(inner_words, groups[1:])]
    lines = []
    if groups == ARMS:
        ratio = treatment_ratio(results, analysis_id, endpoint)
        if ratio is not None:
            lines.append(
                f"Hazard ratio {ratio_with_ci(ratio)}, treated vs controls; unadjusted "
                f"Cox model, {variance_words(ratio['variance'])}"
            )
    p = log_rank_p(results, analysis_id, endpoint, groups)
    medians = [
        f"{inner_words(row['group_name'])} {_median(row)}"
        for group in groups
        for row in summaries[summaries["group_name"] == group].to_dict("records")
    ]
    if medians and len(groups) <= 3:
        lines.append(f"Median: {'; '.join(medians)}")
    if p is not None:
        lines.append(f"Log-rank test: p {p_with_sign(p)}")
    return Labels(f"{what}: {' vs '.join(said)}", tuple(lines))


def _median(row: dict) -> str:
    if is_missing(row["median_days"]):
        return "not reached"
    low, high = row["median_ci_low"], row["median_ci_high"]
    interval = "" if is_missing(low) else f" (95% CI {months(low)} to {months(high)})"
    return f"{months_text(row['median_days'])}{interval}"


def log_rank_p(
    results: Results, analysis_id: str, endpoint: str, groups: list[str]
) -> float | None:
    """Return the p value of the log-rank test of some groups, robust where weighted."""
    rows = results.of("survival_comparisons", analysis_id)
    if rows.empty:
        return None
    is_it = (rows["endpoint"] == endpoint) & rows["p_value"].notna()
    same = rows["comparison"].map(lambda text: set(text.split(" vs ")) == set(groups))
    rows = rows[is_it & same]
    order = ["log_rank", "log_rank_cluster"]
    if results.is_weighted(analysis_id):
        order.reverse()
    for test in order:
        of = rows[rows["test"] == test]
        if len(of):
            return of["p_value"].iloc[0]
    return None


def treatment_ratio(
    results: Results, analysis_id: str, endpoint: str
) -> pd.Series | None:
    """Return the hazard ratio of the main model, of the summary's variance."""
    ratios = results.of("hazard_ratios", analysis_id)
    if ratios.empty:
        return None
    row = results.of("analysis_summary", analysis_id).iloc[0]
    is_it = (
        (ratios["model_id"] == results.main_model(analysis_id))
        & (ratios["term"] == "treated")
        & (ratios["endpoint"] == endpoint)
        & ratios["hazard_ratio"].notna()
    )
    if not is_missing(row["variance"]):
        is_it &= ratios["variance"] == row["variance"]
    return ratios[is_it].iloc[0] if is_it.any() else None


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
        "Medians and restricted mean survival times (RMST). Confidence intervals of "
        f"the median on the {scale} scale; further scales"
        f"{'' if main else ', horizons and subgroups'} are in the file.",
        shown.assign(
            group=shown["group_name"].map(name_words),
            what=shown["endpoint"].map(endpoint_words),
        ),
        {
            "what": "Endpoint",
            "group": "Group",
            "n": "Subjects",
            "n_events": "Events",
            "person_years": "Person-years",
            "median_days": "Median, days",
            "median_ci_low": "95% CI",
            "median_ci_high": "95% CI",
            "rmst_days": "RMST, days",
            "rmst_se": "SE of RMST",
            "tau": "RMST up to day",
            "last_day": "Last day of follow-up",
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
    differences = results.of("survival_differences", analysis_id)
    if not differences.empty:
        tables.append(_differences_table(differences))
    tests = results.of("survival_comparisons", analysis_id)
    if not tests.empty:
        tables.append(_tests_table(tests))
    remarks = [
        *on_follow_up(rows),
        *on_entry(rows, one_scale(results.of("survival_steps", analysis_id))),
        *on_vital_status(results.of("baseline_by_group", analysis_id)),
    ]
    return Section("survival", "Survival", figures, tables, remarks)


def _differences_table(differences: pd.DataFrame) -> Table:
    shown = differences[
        (differences["comparison_set"] == "arms") & ~is_common(differences["endpoint"])
    ]
    return table_of(
        "survival-differences",
        "Differences between the arms that need no constant hazard ratio: restricted "
        "mean survival time, survival at 12 and 24 months, median. Other groups are in "
        "the file.",
        shown,
        {
            "endpoint": "Endpoint",
            "measure": "Measure",
            "variance": "Variance",
            "at_day": "At day",
            "first_value": "Treated",
            "second_value": "Controls",
            "estimate": "Difference or ratio",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
            "p_value": "p",
            "note": "Note",
        },
        whole=differences,
        folded=True,
        signed={"ci_low", "ci_high"},
    )


def _tests_table(tests: pd.DataFrame) -> Table:
    """Show the tests of the arms; those of groups, horizons and subgroups in the CSV.

    Thirteen tests of one difference are not thirteen findings: they are folded.
    """
    shown = tests[(tests["comparison_set"] == "arms") & ~is_common(tests["endpoint"])]
    return table_of(
        "survival-tests",
        "Tests of the difference between the two curves. They weight early and late "
        "events differently: where they disagree, the difference changes over time. "
        "Tests of groups, subgroups and of the common horizon are in the file.",
        shown,
        {
            "test": "Test",
            "endpoint": "Endpoint",
            "statistic": "Statistic",
            "df": "df",
            "p_value": "p",
            "p_adjusted": "Adjusted p",
            "definition": "Definition",
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
