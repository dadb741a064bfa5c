"""What came out of an analysis, in a few lines."""

from dataclasses import dataclass, field, replace

import pandas as pd

from counterarm.report.figures.figure import Figure
from counterarm.report.figures.forest import ratio_range
from counterarm.report.figures.survival import small_curves
from counterarm.report.reading import Results
from counterarm.report.remarks.cohort import on_balance
from counterarm.report.remarks.survival import on_follow_up, on_hazards, on_vital_status
from counterarm.report.sections.credibility import UnderRule, assumptions, by_rule
from counterarm.report.sections.section import one_scale
from counterarm.report.sections.survival import treatment_ratio
from counterarm.report.variants import COMMON_ENDPOINT, COMMON_MODEL
from counterarm.report.words import (
    estimate_text,
    is_missing,
    method_words,
    months_text,
    number,
    plural,
    ratio_with_ci,
    signed_points,
    variance_words,
)

MILESTONES = {12: "survival_difference_12_months", 24: "survival_difference_24_months"}


@dataclass(frozen=True)
class Milestone:
    """Survival of both arms at some months, and the difference with its interval."""

    months: int
    treated: str
    control: str
    difference: str


@dataclass(frozen=True)
class Verdict:
    """How far the number is to be believed: a word or two, and sentences.

    `assumptions` say what the result rests on, the gravest first.
    """

    verdict: str
    headline: str
    assumptions: list[str] = field(default_factory=list)

    @property
    def paragraphs(self) -> list[str]:
        """Return the gravest assumption, what was found, and what else is in doubt."""
        first, others = self.assumptions[:1], self.assumptions[1:]
        found = [*first, self.headline, " ".join(others)]
        return [text for text in found if text] or [""]


@dataclass(frozen=True)
class Outcome:
    """What came out of an analysis: its estimate, and sentences of who and when."""

    estimate: str
    interval: str
    estimate_of: str
    horizon: str
    found: list[str]
    milestones: list[Milestone] = field(default_factory=list)
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Brief:
    """A main analysis in a few lines: question, result, and reasons for caution.

    `rules` are the hazard ratios under each follow-up rule, if there are several.
    """

    analysis_id: str
    label: str
    asked: str
    outcome: Outcome
    cautions: list[str]
    curves: Figure | None = None
    rules: list[UnderRule] = field(default_factory=list)


def briefs(results: Results, analyses: list[str]) -> list[Brief]:
    """Sum every main analysis up; where none is chosen, the chosen ones."""
    summary = results.of("analysis_summary")
    summary = summary[summary["analysis_id"].isin(analyses)]
    mains = summary[summary["based_on"].isna()]
    chosen = mains if len(mains) else summary
    return [_brief(results, row, analyses) for row in chosen.to_dict("records")]


def verdict(results: Results, analysis_id: str) -> Verdict | None:
    """Return the verdict on an analysis, from results.verdict_summary; None without.

    The page prints it beside every large hazard ratio, and says at its top whether the
    data are synthetic: the headline does not repeat them.
    """
    rows = results.of("verdict_summary", analysis_id)
    if rows.empty:
        return None
    row = rows.iloc[0]
    word = str(row["verdict"])
    word = word[:1].upper() + word[1:]
    headline = "" if is_missing(row["headline"]) else str(row["headline"])
    for repeated in ("Synthetic data.", f"{word}.", f"{word}:"):
        headline = headline.removeprefix(repeated).lstrip()
    headline = headline[:1].upper() + headline[1:]
    return Verdict(f"{word}.", headline, assumptions(results, analysis_id))


def outcome(results: Results, analysis_id: str) -> Outcome:
    """Sum up an analysis by its unadjusted hazard ratio of treatment."""
    row = results.of("analysis_summary", analysis_id).iloc[0]
    endpoint = None if is_missing(row["endpoint"]) else row["endpoint"]
    best = None if endpoint is None else treatment_ratio(results, analysis_id, endpoint)
    text = "no estimate" if best is None else estimate_text(best)
    estimate, _, interval = text.partition(" (")
    found = [_who(row, results.of("match_summary", analysis_id))]
    arms = _arms(results, analysis_id, endpoint)
    if {"treated", "control"} <= set(arms.index):
        treated, control = arms.loc["treated"], arms.loc["control"]
        found.append(
            f"Events: {_events(treated)} of the treated, {_events(control)} of the "
            f"controls. {_medians(treated['median_days'], control['median_days'])}"
        )
    return Outcome(
        estimate,
        interval.rstrip(")"),
        ""
        if best is None
        else f"{_event(results, analysis_id, arms, endpoint)}, treated vs controls; "
        f"unadjusted Cox model, {variance_words(best['variance'])}",
        "" if best is None else _horizon(results, analysis_id, row),
        found,
        milestones(results, analysis_id, row),
        verdict(results, analysis_id),
    )


def milestones(results: Results, analysis_id: str, row: pd.Series) -> list[Milestone]:
    """Return survival of the arms at 12 and 24 months, where both are followed."""
    rows = results.of("survival_differences", analysis_id)
    if rows.empty:
        return []
    is_it = (rows["comparison_set"] == "arms") & (rows["endpoint"] == row["endpoint"])
    rows = rows[is_it & rows["estimate"].notna()]
    wanted = "naive" if row["variance"] == "naive" else "cluster"
    found = []
    for month, measure in MILESTONES.items():
        of = rows[rows["measure"] == measure]
        of = of[of["variance"] == wanted] if wanted in set(of["variance"]) else of
        for one in of.head(1).to_dict("records"):
            interval = (
                ""
                if is_missing(one["ci_low"])
                else f" ({signed_points(one['ci_low'])} to "
                f"{signed_points(one['ci_high'])})"
            )
            found.append(
                Milestone(
                    month,
                    f"{one['first_value']:.0%}",
                    f"{one['second_value']:.0%}",
                    f"{signed_points(one['estimate'])}{interval}",
                )
            )
    return found


def _events(arm: pd.Series) -> str:
    years = arm.get("person_years")
    over = "" if is_missing(years) else f" over {number(round(years))} person-years"
    return f"{number(arm['n_events'])} in {number(arm['n'])}{over}"


def _horizon(results: Results, analysis_id: str, row: pd.Series) -> str:
    """Say the same estimate up to the day to which both arms were followed."""
    endpoint = f"{row['endpoint']}{COMMON_ENDPOINT}"
    ratios = results.of("hazard_ratios", analysis_id)
    same = ratios[
        (ratios["model_id"] == f"{results.main_model(analysis_id)}{COMMON_MODEL}")
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
        f"Follow-up cut at day {number(arms['last_day'].max())}, the last common to "
        f"both arms: {ratio_with_ci(same.iloc[0])}."
    )


def _who(row: pd.Series, matched: pd.DataFrame) -> str:
    """Say how the arms were matched or weighted, and whom the result is about."""
    eligible = (
        f"of {_counted(row['n_treated_eligible'], 'eligible treated')}",
        f"of {_counted(row['n_control_eligible'], 'eligible controls')}",
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
    effective = (
        ""
        if is_missing(size)
        else f" (effective sample size of the controls {number(size, 0)})"
    )
    estimands = matched["estimand"].dropna() if len(matched) else matched
    whose = f" Estimand: {estimands.iloc[0]}." if len(estimands) else ""
    return f"{method}: {used}{effective}.{whose}"


def _counted(n: object, who: str) -> str:
    """Write how many there are of whom, also where their number is hidden."""
    return f"{who} (number hidden)" if isinstance(n, str) else f"{number(n)} {who}"


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


def _event(
    results: Results, analysis_id: str, arms: pd.DataFrame, endpoint: str | None
) -> str:
    """Name what the ratio is of: the event, as the design has it, and the endpoint."""
    named = _named(arms, endpoint)
    design = results.of("design_in_words", analysis_id)
    if design.empty:
        return named
    of = design[design["topic"] == "endpoints"]["sentence"]
    events = [
        text.partition(": ")[2].rstrip(".") for text in of if f"({endpoint}):" in text
    ]
    return f"{events[0]} ({named})" if events and events[0] else named


def _medians(treated: object, control: object) -> str:
    if is_missing(treated) and is_missing(control):
        return "Median survival is not reached in either arm."
    return f"Median: {months_text(treated)} vs {months_text(control)}."


def _brief(results: Results, row: dict, analyses: list[str]) -> Brief:
    analysis_id = row["analysis_id"]
    came = outcome(results, analysis_id)
    ratios = results.of("hazard_ratios", analysis_id)
    main = results.main_model(analysis_id)
    unadjusted = ratios[ratios["model_id"] == main]
    endpoint = unadjusted["endpoint"].iloc[0] if len(unadjusted) else None
    arms = _arms(results, analysis_id, endpoint).reset_index(drop=True)
    found = [
        *on_vital_status(results.of("baseline_by_group", analysis_id)),
        *(on_follow_up(arms) if len(arms) else []),
        *on_balance(results.of("covariate_balance", analysis_id)),
        *on_hazards(unadjusted, main, row["variance"]),
    ]
    cautions = [r.short for r in found if r.caution and r.short][:4]
    if not cautions:
        cautions = [
            "No automatic check calls for caution. Controls who were not randomised "
            "may still differ in unmeasured ways."
        ]
    return Brief(
        analysis_id,
        row["label"],
        _asked(results, analysis_id, _named(arms, endpoint)),
        replace(
            came, found=[*came.found, *_sensitivity(results, analysis_id, analyses)]
        ),
        cautions,
        _small_curves(results, analysis_id, endpoint, came.milestones),
        by_rule(results, analysis_id),
    )


def _small_curves(
    results: Results, analysis_id: str, endpoint: str | None, at: list[Milestone]
) -> Figure | None:
    steps = results.of("survival_steps", analysis_id)
    if steps.empty:
        return None
    of = one_scale(steps[steps["endpoint"] == endpoint])
    of = of[of["group_name"].isin(["treated", "control"])]
    if of.empty:
        return None
    return small_curves(of, tuple(one.months for one in at))


def _asked(results: Results, analysis_id: str, endpoint: str) -> str:
    """Put the question in one sentence, from the protocol's words."""
    design = results.of("design_in_words", analysis_id)
    arms = design[design["topic"] == "arms"].sort_values("position")["sentence"]
    who = [text.partition(". ")[0].partition(": ")[2] for text in arms]
    if len(who) != 2:
        return " ".join(arms)
    better = f"have better {endpoint}" if endpoint else "fare better"
    return f"Did the treated of {who[0]} {better} than comparable patients of {who[1]}?"


def _sensitivity(results: Results, analysis_id: str, analyses: list[str]) -> list[str]:
    rows = results.of("analysis_summary")
    rows = rows[rows["analysis_id"].isin(analyses)]
    rows = rows[(rows["based_on"] == analysis_id) & rows["hazard_ratio"].notna()]
    if rows.empty:
        return []
    ratios = rows["hazard_ratio"].astype(float)
    varied = plural(len(rows), "sensitivity analysis", "sensitivity analyses")
    spread = (
        ratio_range(ratios)
        if len(rows) > 1
        else estimate_text(rows.iloc[0].to_dict())
        if {"ci_low", "ci_high"} <= set(rows)
        else f"{ratios.iloc[0]:.2f}"
    )
    return [f"{varied}: hazard ratio {spread}."]


def about_delivery(results: Results) -> dict[str, str]:
    """Return what the numbers rest on: delivery, reference day, version and commit."""
    rows = results.of("provenance")
    if rows.empty:
        return {}
    values = rows.set_index(["kind", "name"])["value"].to_dict()
    files = rows.loc[rows["kind"] == "file", "name"]
    folders = ", ".join(sorted(set(files.str.partition("/")[0])))
    version = values.get(("package", "counterarm"), "")
    commit = str(values.get(("git", "commit"), ""))
    is_synthetic = values.get(("setting", "delivery_is_real")) == "false"
    said = {
        "Delivery": f"{'synthetic, ' if is_synthetic else ''}"
        f"{plural(len(files), 'file')} of {folders}",
        "Reference date": values.get(("setting", "reference_day"), ""),
        "Version": f"counterarm {version}{f', commit {commit[:10]}' if commit else ''}",
    }
    return {name: text for name, text in said.items() if text}
