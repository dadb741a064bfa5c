"""Survival, hazard ratios and groups of an analysis."""

import pandas as pd

from counterarm.report import meaning, survival_figures
from counterarm.report.figure import Figure
from counterarm.report.reading import Results
from counterarm.report.section import Section, one_scale
from counterarm.report.tables import Table, table_of
from counterarm.report.words import name_words


def comparison_groups(comparisons: pd.DataFrame, endpoint: str) -> dict[str, list[str]]:
    """Return the groups of each set that is compared, by the name of the set."""
    of = comparisons[comparisons["endpoint"] == endpoint]
    sets: dict[str, list[str]] = {}
    for row in of.itertuples():
        groups = row.comparison.split(" vs ")
        if len(groups) > len(sets.get(row.comparison_set, [])):
            sets[row.comparison_set] = groups
    return sets


def _curves(
    results: Results, analysis_id: str, small: int | None, is_main: bool
) -> list[Figure]:
    steps = results.of("survival_steps", analysis_id)
    if steps.empty:
        return []
    steps = one_scale(steps)
    summaries = results.of("survival_by_group", analysis_id)
    summaries = one_scale(summaries)
    comparisons = results.of("survival_comparisons", analysis_id)
    figures = []
    for endpoint, of in steps.groupby("endpoint", sort=True):
        there = set(of["group_name"])
        sets = {
            "arms": ["treated", "control"],
            **comparison_groups(comparisons, endpoint),
        }
        drawn = {group for groups in sets.values() for group in groups}
        if there - drawn:
            sets["further groups"] = sorted(there - drawn)
        for groups in sets.values():
            main = set(groups) == {"treated", "control"}
            groups = ["treated", "control"] if main else groups
            groups = [group for group in groups if group in there]
            if main == is_main and groups:
                said = summaries[summaries["endpoint"] == endpoint]
                figures.append(survival_figures.kaplan_meier(of, said, groups, small))
    return figures


def _survival_table(results: Results, analysis_id: str, name: str, main: bool) -> Table:
    rows = results.of("survival_by_group", analysis_id)
    is_arm = rows["group_name"].isin(["treated", "control"])
    rows = rows[is_arm == main].sort_values(
        ["endpoint", "group_name", "conf_type"], ascending=[True, False, True]
    )
    return table_of(
        name,
        "Medians and restricted means, in days; the interval of a median "
        "depends on its "
        "scale.",
        rows.assign(group=rows["group_name"].map(name_words)),
        {
            "endpoint": "Endpoint",
            "group": "Group",
            "conf_type": "Scale",
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


def survival(results: Results, analysis_id: str, small: int | None) -> Section | None:
    """Show the curves of both arms, medians and tests."""
    figures = _curves(results, analysis_id, small, is_main=True)
    if not figures:
        return None
    rows = results.of("survival_by_group", analysis_id)
    rows = one_scale(rows)
    tests = results.of("survival_comparisons", analysis_id)
    tables = [_survival_table(results, analysis_id, "survival", main=True)]
    if not tests.empty:
        tables.append(
            table_of(
                "survival-tests",
                f"Tests between curves. {_definitions(tests)}",
                tests,
                {
                    "endpoint": "Endpoint",
                    "comparison": "Comparison",
                    "test": "Test",
                    "statistic": "Statistic",
                    "df": "df",
                    "p_value": "p",
                    "p_adjusted": "p adjusted",
                },
            )
        )
    remarks = [
        *meaning.on_follow_up(rows),
        *meaning.on_vital_status(results.of("baseline_by_group", analysis_id)),
    ]
    return Section("survival", "Survival", figures, tables, remarks)


def _definitions(tests: pd.DataFrame) -> str:
    told = tests[["test", "definition"]].drop_duplicates()
    return " ".join(f"{row.test}: {row.definition}." for row in told.itertuples())


def hazards(results: Results, analysis_id: str, small: int | None) -> Section | None:
    """Show the Cox models."""
    rows = results.of("hazard_ratios", analysis_id)
    if rows.empty:
        return None
    rows = rows.assign(
        label=rows["model_id"].map(name_words) + ": " + rows["term"].map(name_words)
    )
    order = [
        label
        for model in ("unadjusted", "adjusted")
        for label in rows[rows["model_id"] == model]["label"]
    ]
    order = list(dict.fromkeys([*order, *rows["label"]]))
    figures = []
    if rows["hazard_ratio"].notna().any():
        figures.append(
            survival_figures.forest(
                "hazard-ratios",
                "Hazard ratios of every term of the Cox models, with 95% intervals by "
                "kind of variance.",
                rows,
                order,
                "variance",
            )
        )
    table = table_of(
        "cox",
        "Cox models. PH: test that the ratio of a term does not change over time.",
        rows,
        {
            "model_id": "Model",
            "endpoint": "Endpoint",
            "term": "Term",
            "variance": "Variance",
            "hazard_ratio": "HR",
            "ci_low": "95% from",
            "ci_high": "to",
            "p_value": "p",
            "n": "Subjects",
            "n_events": "Events",
            "ph_p_value": "PH p",
            "note": "Note",
        },
        whole=rows.drop(columns="label"),
    )
    return Section(
        "hazards", "Hazard ratios", figures, [table], meaning.on_hazards(rows)
    )


def doses(results: Results, analysis_id: str, small: int | None) -> Section | None:
    """Show the curves of further groups."""
    figures = _curves(results, analysis_id, small, is_main=False)
    if not figures:
        return None
    groups = results.of("survival_by_group", analysis_id)["group_name"].unique()
    doses = [group for group in groups if group in ("single_cycle", "multiple")]
    return Section(
        "groups",
        "Dose groups and other groups" if doses else "Other groups",
        figures,
        [_survival_table(results, analysis_id, "survival-groups", main=False)],
        meaning.on_doses(sorted(doses, reverse=True)) if doses else [],
    )
