"""What came out of an analysis, in a few lines."""

from dataclasses import dataclass, replace

import pandas as pd

from counterarm.report.figures.forest import ratio_range
from counterarm.report.reading import Results
from counterarm.report.remarks.cohort import on_balance
from counterarm.report.remarks.survival import on_follow_up, on_hazards, on_vital_status
from counterarm.report.sections.section import one_scale
from counterarm.report.variants import COMMON_ENDPOINT, COMMON_MODEL
from counterarm.report.words import (
    estimate_text,
    is_missing,
    method_words,
    months,
    number,
    plural,
    variance_words,
)


@dataclass(frozen=True)
class Outcome:
    """What came out of an analysis: its estimate, and sentences of who and when."""

    estimate: str
    interval: str
    estimate_of: str
    horizon: str
    found: list[str]


@dataclass(frozen=True)
class Brief:
    """A main analysis in a few lines: what was asked, found, and how far to believe."""

    analysis_id: str
    label: str
    asked: str
    outcome: Outcome
    believe: list[str]


def briefs(results: Results, analyses: list[str]) -> list[Brief]:
    """Sum every main analysis up; where none is chosen, the chosen ones."""
    summary = results.of("analysis_summary")
    summary = summary[summary["analysis_id"].isin(analyses)]
    mains = summary[summary["based_on"].isna()]
    chosen = mains if len(mains) else summary
    return [_brief(results, row, analyses) for row in chosen.to_dict("records")]


def outcome(results: Results, analysis_id: str) -> Outcome:
    """Sum up an analysis by its unadjusted hazard ratio of treatment."""
    row = results.of("analysis_summary", analysis_id).iloc[0]
    endpoint = None if is_missing(row["endpoint"]) else row["endpoint"]
    best = main_ratio(results, analysis_id)
    has_one = best is not None and not is_missing(best["hazard_ratio"])
    text = estimate_text(best) if has_one else "no estimate"
    estimate, _, interval = text.partition(" (")
    found = [_who(row, results.of("match_summary", analysis_id))]
    arms = _arms(results, analysis_id, endpoint)
    if {"treated", "control"} <= set(arms.index):
        t, c = arms.loc["treated"], arms.loc["control"]
        found.append(
            f"{number(t['n_events'])} of {number(t['n'])} treated and "
            f"{number(c['n_events'])} of {number(c['n'])} controls had an event. "
            f"{_medians(t['median_days'], c['median_days'])}"
        )
    return Outcome(
        estimate,
        interval.rstrip(")"),
        f"Hazard ratio of treated against controls, {_named(arms, endpoint)}, "
        f"{variance_words(best['variance'])}"
        if has_one
        else "",
        _horizon(results, analysis_id, row) if has_one else "",
        found,
    )


def main_ratio(results: Results, analysis_id: str) -> pd.Series | None:
    """Return the hazard ratio that the summary of the analysis names, if any."""
    row = results.of("analysis_summary", analysis_id).iloc[0]
    ratios = results.of("hazard_ratios", analysis_id)
    if ratios.empty or is_missing(row["endpoint"]):
        return None
    is_it = (
        (ratios["model_id"] == "unadjusted")
        & (ratios["term"] == "treated")
        & (ratios["endpoint"] == row["endpoint"])
    )
    if not is_missing(row["variance"]):
        is_it &= ratios["variance"] == row["variance"]
    return ratios[is_it].iloc[0] if is_it.any() else None


def _horizon(results: Results, analysis_id: str, row: pd.Series) -> str:
    """Say the same estimate up to the day to which both arms were followed."""
    endpoint = f"{row['endpoint']}{COMMON_ENDPOINT}"
    ratios = results.of("hazard_ratios", analysis_id)
    same = ratios[
        (ratios["model_id"] == f"unadjusted{COMMON_MODEL}")
        & (ratios["term"] == "treated")
        & (ratios["endpoint"] == endpoint)
        & ratios["hazard_ratio"].notna()
    ]
    if not is_missing(row["variance"]):
        same = same[same["variance"] == row["variance"]]
    arms = _arms(results, analysis_id, endpoint)
    if same.empty or arms.empty or arms["last_day"].isna().all():
        return ""
    return (
        f"{estimate_text(same.iloc[0])} up to day {number(arms['last_day'].max())}, "
        "to which both arms were followed."
    )


def _who(row: pd.Series, matched: pd.DataFrame) -> str:
    """Say how the arms were made alike, and of whom the result speaks."""
    eligible = (
        f"of {number(row['n_treated_eligible'])} eligible treated",
        f"of {number(row['n_control_eligible'])} eligible controls",
    )
    method = method_words(row["method"])
    if not is_missing(row["n_pairs"]):
        said = f"{plural(row['n_pairs'], 'pair')} ({method[:1].lower()}{method[1:]})"
        return f"{said} {eligible[0]} and {eligible[1][3:]}."
    used = (
        f"{number(row['n_treated_used'])} {eligible[0]} and "
        f"{number(row['n_control_used'])} {eligible[1]}"
    )
    size = row["control_effective_size"]
    worth = (
        "" if is_missing(size) else f", who are worth {number(size, 0)} of one weight"
    )
    estimands = matched["estimand"].dropna() if len(matched) else matched
    whose = f" Estimand: {estimands.iloc[0]}." if len(estimands) else ""
    return f"{method}: {used}{worth}.{whose}"


def _arms(results: Results, analysis_id: str, endpoint: str | None) -> pd.DataFrame:
    rows = results.of("survival_by_group", analysis_id)
    if rows.empty:
        return pd.DataFrame()
    rows = one_scale(rows[rows["endpoint"] == endpoint])
    return rows.set_index("group_name", drop=False)


def _named(arms: pd.DataFrame, endpoint: str | None) -> str:
    """Name the endpoint in the protocol's words, where the curves carry them."""
    known = arms["endpoint_label"].dropna() if len(arms) else arms
    return str(known.iloc[0]).lower() if len(known) else endpoint or ""


def _medians(treated: object, control: object) -> str:
    if is_missing(treated) and is_missing(control):
        return "Neither curve comes down to one half, so there is no median."
    return f"Median {months(treated)} against {months(control)} months.".replace(
        "not reached months", "not reached"
    )


def _brief(results: Results, row: dict, analyses: list[str]) -> Brief:
    analysis_id = row["analysis_id"]
    came = outcome(results, analysis_id)
    ratios = results.of("hazard_ratios", analysis_id)
    unadjusted = ratios[ratios["model_id"] == "unadjusted"]
    endpoint = unadjusted["endpoint"].iloc[0] if len(unadjusted) else None
    arms = _arms(results, analysis_id, endpoint).reset_index(drop=True)
    cautions = [
        *on_vital_status(results.of("baseline_by_group", analysis_id)),
        *(on_follow_up(arms) if len(arms) else []),
        *on_balance(results.of("covariate_balance", analysis_id)),
        *on_hazards(unadjusted, row["variance"]),
    ]
    believe = [r.short for r in cautions if r.caution and r.short][:4]
    if not believe:
        believe = [
            "No rule of this page calls for caution. Controls who were not randomised "
            "may still differ in what nobody measured."
        ]
    return Brief(
        analysis_id,
        row["label"],
        _asked(results, analysis_id, _named(arms, endpoint)),
        replace(
            came, found=[*came.found, *_sensitivity(results, analysis_id, analyses)]
        ),
        believe,
    )


def _asked(results: Results, analysis_id: str, endpoint: str) -> str:
    """Put the question in one sentence, from the protocol's words."""
    design = results.of("design_in_words", analysis_id)
    arms = design[design["topic"] == "arms"].sort_values("position")["sentence"]
    who = [text.partition(". ")[0].partition(": ")[2] for text in arms]
    if len(who) != 2:
        return " ".join(arms)
    better = f"fare better in {endpoint}" if endpoint else "fare better"
    return f"Did the treated of {who[0]} {better} than comparable patients of {who[1]}?"


def _sensitivity(results: Results, analysis_id: str, analyses: list[str]) -> list[str]:
    rows = results.of("analysis_summary")
    rows = rows[rows["analysis_id"].isin(analyses)]
    rows = rows[(rows["based_on"] == analysis_id) & rows["hazard_ratio"].notna()]
    if rows.empty:
        return []
    varied = plural(len(rows), "analysis that varies", "analyses that vary")
    return [f"{varied} it: {ratio_range(rows['hazard_ratio'].astype(float))}."]
