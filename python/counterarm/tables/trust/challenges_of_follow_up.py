"""Challenges to how subjects are followed and to how their time is counted."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from counterarm.ratios import exp
from counterarm.tables.trust.answers import (
    Answer,
    capital,
    interval_text,
    judge_estimates,
    not_assessed,
    preferred_estimate,
    rule_words,
)
from counterarm.tables.trust.evidence import READING_WINDOW, Estimate, Evidence
from counterarm.trust.verdict import (
    outcome_of_amounts,
)

WHO = {"treated": "treated subjects", "control": "controls"}
# The nulls that see follow-up and differences between trials; `procedure` sees neither.
KINDS = {
    "ascertainment": "the ascertainment of controls (C2)",
    "pseudo_trial": "differences between pseudo-trials (C3)",
}


def trusted_rules(evidence: Evidence) -> list[Estimate]:
    """Return the corrected estimates whose rule the O/E ratio does not contradict.

    Source: `trust.ascertainment.reading`. Where the ascertainment of deaths declines,
    the shortest window and the shortest horizon remain; where patients stop attending
    before they die, windows of 182 days or more, and `alive_to_last_visit`. Otherwise,
    or where none remains, all.
    """
    rules = [each for each in evidence.corrected if each.is_known]
    lengths = {
        each.rule: int(each.rule.rpartition("_")[2] or 0)
        for each in rules
        if each.rule.rpartition("_")[2].isdigit()
    }

    def shortest(kind: str) -> list[str]:
        of_kind = [rule for rule in lengths if rule.startswith(kind)]
        return [min(of_kind, key=lengths.__getitem__)] if of_kind else []

    names = [*lengths, "alive_to_last_visit"]
    if evidence.reading == "short windows":
        names = shortest("window") + shortest("horizon")
    elif evidence.reading == "long windows":
        names = [
            rule
            for rule, days in lengths.items()
            if rule.startswith("window") and days >= READING_WINDOW
        ] + ["alive_to_last_visit"]
    return [each for each in rules if each.rule in names] or rules


def follow_up(evidence: Evidence) -> Answer:
    """Read the estimates under the corrected follow-up rules."""
    rules = trusted_rules(evidence)
    parts = "; ".join(
        f"{rule_words(each.rule)}, it is {interval_text(each)}" for each in rules
    )
    late = evidence.value(
        "ascertainment",
        "value",
        arm="control",
        pseudo_trial_id="all",
        measure="share_late",
        window_days=91,
    )
    share = ""
    if not math.isnan(late):
        share = late_words(late)
    sentence = f"{capital(parts)}.{share}" if parts else ""
    left_out = [
        each.rule for each in evidence.corrected if each.is_known and each not in rules
    ]
    if left_out:
        sentence += (
            " Not counted, given an O/E ratio of "
            f"{evidence.observed_over_expected:.2f}: {', '.join(left_out)}."
        )
    answer = judge_estimates(
        evidence, rules, sentence, "no analysis corrects the follow-up of the controls"
    )
    quoted = "; ".join(
        f"{rule_words(each.rule)}, it is {interval_text(each)}"
        for each in _first_and_farthest(rules, below=evidence.main.coef < 0)
    )
    return replace(answer, brief=f"{capital(quoted)}.{share}" if quoted else "")


def late_words(share: float) -> str:
    """Say which share of the controls' deaths came late; it follows a sentence.

    Where the share tells a count of few, `report.disclosure` takes the sentence out.
    """
    return (
        f" Of the deaths of controls, {share:.0%} came more than 91 days after the "
        "last visit; no survivor is followed beyond it."
    )


def _first_and_farthest(rules: Sequence[Estimate], *, below: bool) -> list[Estimate]:
    """Return the first estimate and the one whose interval reaches farthest."""
    if not rules:
        return []
    farthest = (
        max(rules, key=lambda each: each.ci_high)
        if below
        else min(rules, key=lambda each: each.ci_low)
    )
    return [rules[0]] if farthest is rules[0] else [rules[0], farthest]


def common_horizon(evidence: Evidence) -> Answer:
    """Read the estimate with both arms cut at the shorter follow-up."""
    rows = evidence.rows("cox")
    rows = rows[
        (rows["model_id"] == f"{evidence.model_id}_common_horizon")
        & (rows["term"] == "treated")
    ]
    found = preferred_estimate(rows)
    sentence = ""
    if found.is_known:
        sentence = (
            "With both arms cut at the shorter follow-up, the hazard ratio is "
            f"{interval_text(found)}."
        )
        medians = [
            evidence.value(
                "ascertainment",
                "value",
                arm=arm,
                pseudo_trial_id="all",
                measure="reverse_km_median",
            )
            for arm in ("treated", "control")
        ]
        if not any(math.isnan(each) for each in medians):
            sentence += (
                f" Median follow-up is {medians[0]:.0f} days in the treated and "
                f"{medians[1]:.0f} in the controls (reverse Kaplan-Meier)."
            )
    return judge_estimates(
        evidence, [found], sentence, "no model is fitted to the common horizon"
    )


def immortal_time(evidence: Evidence) -> Answer:
    """Read contrasts of the arms that count time from a landmark."""
    rows = evidence.rows("time_contrasts")
    rows = rows[
        (rows["term"] == "treated")
        & (rows["reference"] == "control")
        & ~rows["method"].str.startswith("naive")
        & (rows["model_id"] == evidence.model_id)
        & (rows["horizon"] == "full")
    ]
    found = [
        (str(variant), preferred_estimate(own))
        for variant, own in rows.groupby("variant")
    ]
    known = [(variant, each) for variant, each in found if each.is_known]
    parts = "; ".join(f"{name}, {interval_text(each)}" for name, each in known)
    return judge_estimates(
        evidence,
        [each for _, each in known],
        f"The hazard ratio with time counted without the future is: {parts}.",
        "no contrast of the two arms counts time from a later landmark",
    )


def placebo(evidence: Evidence) -> Answer:
    """Read the estimate calibrated on placebo against placebo."""
    rows = evidence.rows("calibrated").merge(
        evidence.rows("placebo_null")[["null_id", "kind", "mu", "sigma"]], on="null_id"
    )
    rows = rows[rows["kind"].isin(KINDS) & rows["calibrated_coef"].notna()]
    rows = rows[rows["model_id"] == evidence.model_id]
    found = [
        Estimate(
            KINDS[row.kind],
            float(row.calibrated_coef),
            exp(row.calibrated_ci_low),
            exp(row.calibrated_ci_high),
        )
        for row in rows.itertuples()
    ]
    parts = "; ".join(
        f"calibrated on {each.rule}, the hazard ratio is {interval_text(each)} "
        f"[null mean {row.mu:.2f}, SD {row.sigma:.2f}]"
        for each, row in zip(found, rows.itertuples(), strict=True)
    )
    answer = judge_estimates(
        evidence,
        found,
        f"Placebo against placebo: {parts}.",
        "no placebo comparison gave an empirical null",
    )
    if not found:
        return answer
    farthest = _first_and_farthest(found, below=evidence.main.coef < 0)[-1]
    brief = (
        f"Calibrated on {farthest.rule}, the hazard ratio is {interval_text(farthest)}."
    )
    return replace(answer, brief=brief)


def _never_tips(rows: pd.DataFrame, scale: str) -> Answer:
    """Judge sweeps of which none loses the finding: those with every estimate count."""
    swept = rows.groupby("arm")["coef"].agg(lambda coef: coef.notna().all())
    arms = [WHO[str(arm)] for arm in swept.index[swept.astype(bool)]]
    if not arms:
        notes = "; ".join(rows["note"].dropna().unique())
        return not_assessed(
            notes or "no sweep of the hazard after censoring was run", scale
        )
    return Answer(
        "not seen",
        "The interval never holds 1 in the range of hazards tried, of "
        f"{' or of '.join(arms)}.",
        scale,
        lost=0.0,
    )


def tipping(evidence: Evidence) -> Answer:
    """Compare the hazard after censoring that loses the finding with O/E."""
    scale = "hazard after censoring, relative to the hazard before"
    rows = evidence.rows("tipping_points", checked=True)
    rows = rows[rows["model_id"] == evidence.model_id]
    found = rows.dropna(subset=["tips_at"]).drop_duplicates("arm")
    if not len(found):
        return _never_tips(rows, scale)
    at = {str(row.arm): float(row.tips_at) for row in found.itertuples()}
    ratio = evidence.observed_over_expected
    rule = capital(rule_words(evidence.checked.rule))
    needed = at.get("control", math.nan)
    at_random = [arm for arm, delta in at.items() if delta == 1]
    if at_random:
        sentence = (
            f"{rule}, the interval holds 1 if {WHO[at_random[0]]} whose outcome is not "
            "ascertained die at the rate of the others"
        )
        return Answer("plausible", f"{sentence}.", scale, 1.0, ratio, 1.0)
    conditions = ", or if ".join(
        f"{WHO[arm]} whose outcome is not ascertained die at {delta:.2f} times the "
        "rate of the others"
        for arm, delta in at.items()
    )
    return Answer(
        outcome_of_amounts(-needed, -ratio),
        f"{rule}, the finding is lost if {conditions}.",
        scale,
        needed,
        ratio,
        1.0,
    )
