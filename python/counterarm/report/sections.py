"""The parts of an analysis: what was asked, who is in it, what came out."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from counterarm.report import cohort_figures, meaning, survival_figures
from counterarm.report.figure import Figure
from counterarm.report.flow import flow_diagram
from counterarm.report.meaning import Remark
from counterarm.report.reading import Results
from counterarm.report.tables import Table, baseline_table, table_of
from counterarm.report.words import NOT_BASELINE, name_words

CONF_TYPE = "log"
SHOWN_ROWS = 60


@dataclass(frozen=True)
class Section:
    """A part of the page: heading, sentences, remarks, figures and tables in order."""

    key: str
    title: str
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    lead: str = ""
    sentences: dict[str, list[str]] = field(default_factory=dict)


def analysis_sections(
    results: Results, analysis_id: str, small: int | None
) -> list[Section]:
    """Return the sections of one analysis that have something to show."""
    builders: list[Callable[..., Section | None]] = [
        _design,
        _flow,
        _balance,
        _survival,
        _hazards,
        _doses,
        _function,
        _response,
        _events,
        _more,
    ]
    made = (build(results, analysis_id, small) for build in builders)
    return [section for section in made if section is not None]


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
    steps = steps[steps["conf_type"] == CONF_TYPE]
    summaries = results.of("survival_by_group", analysis_id)
    summaries = summaries[summaries["conf_type"] == CONF_TYPE]
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
        "Medians and restricted means, in days; the interval of a median depends on its "
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


def _survival(results: Results, analysis_id: str, small: int | None) -> Section | None:
    figures = _curves(results, analysis_id, small, is_main=True)
    if not figures:
        return None
    rows = results.of("survival_by_group", analysis_id)
    rows = rows[rows["conf_type"] == CONF_TYPE]
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


def _hazards(results: Results, analysis_id: str, small: int | None) -> Section | None:
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


def _doses(results: Results, analysis_id: str, small: int | None) -> Section | None:
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
        [cohort_figures.function_course(course, means)],
        [table],
        meaning.on_function(means),
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
    figures = [] if differences.empty else [cohort_figures.waterfall(differences)]
    return Section("response", "Response", figures, tables, meaning.on_response(table))


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
        [cohort_figures.adverse_events(terms)] if has_terms else [],
        [table],
        [
            Remark(
                "These are all subjects of the studies, not the matched ones. Trials and "
                "sites ask, code and record differently, so that a difference is no "
                "effect of the treatment.",
                caution=True,
            )
        ],
    )


def _more(results: Results, analysis_id: str, small: int | None) -> Section | None:
    tables = []
    for name in results.more:
        rows = results.of(name, analysis_id)
        if rows.empty:
            continue
        told = results.comments.get(name) or name_words(name)
        tables.append(
            table_of(
                name.replace("_", "-"),
                f"{name_words(name)}. {told}",
                rows,
                limit=SHOWN_ROWS,
            )
        )
    if not tables:
        return None
    return Section("more", "Further tables", tables=tables)
