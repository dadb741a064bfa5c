"""Challenges to who is compared, and to the choices of the analyst."""

import math

import numpy as np
import pandas as pd

from counterarm.tables.frames import numbers
from counterarm.tables.trust.answers import (
    Answer,
    capital,
    interval_text,
    judge_estimates,
    not_assessed,
    rule_words,
)
from counterarm.tables.trust.evidence import Evidence, first_estimate
from counterarm.trust.verdict import (
    outcome_of_amounts,
    share_lost,
)

PH_LEVEL = 0.05


def confounder(evidence: Evidence) -> Answer:
    """Compare the E-value of the limit with the strongest measured covariate."""
    scale = "risk ratio of a hidden confounder (bounding factor)"
    if evidence.checked_id == evidence.analysis_id:
        return not_assessed(
            "an E-value is reported under a corrected follow-up rule only", scale
        )
    strength = evidence.rows("covariate_strength", checked=True)
    factors = numbers(strength, "bounding_factor") if len(strength) else np.array([])
    strongest = float(np.nanmax(factors)) if np.isfinite(factors).any() else math.nan
    if evidence.checked.holds_1:
        return Answer(
            "plausible",
            "No hidden confounder need be assumed: "
            f"{rule_words(evidence.checked.rule)}, the interval holds 1.",
            scale,
            needed=1.0,
            seen=strongest,
            lost=0.0,
        )
    e_limit = evidence.value(
        "e_values", "e_value_limit", checked=True, model_id=evidence.model_id
    )
    if math.isnan(e_limit):
        return not_assessed("there is no E-value of the limit", scale)
    # E = RR + sqrt(RR (RR - 1)), so the bounding factor needed is E^2 / (2 E - 1)
    needed = e_limit**2 / (2 * e_limit - 1)
    gamma = evidence.value(
        "rosenbaum", "gamma_at_05", checked=True, statistic="mcnemar"
    )
    sentence = (
        f"{capital(rule_words(evidence.checked.rule))}, a confounder would need risk "
        f"ratios of {e_limit:.2f} with treatment and death (E-value of the limit); "
        + (
            f"of a bounding factor of {needed:.2f} needed, the strongest measured "
            f"covariate has {strongest:.2f}."
            if not math.isnan(strongest)
            else "no measured covariate is there to compare it with."
        )
    )
    if not math.isnan(gamma):
        sentence += gamma_words(gamma)
    return Answer(
        outcome_of_amounts(needed, strongest), sentence, scale, needed, strongest, 1.0
    )


def gamma_words(gamma: float) -> str:
    """Say how large Gamma may be; it follows a sentence.

    Where it tells a count of few pairs, `report.disclosure` takes the sentence out.
    """
    return f" Rosenbaum's Gamma at one-sided 0.05 is {gamma:.2f}."


def bias_prior(evidence: Evidence) -> Answer:
    """Widen the interval by the bias that external controls had elsewhere."""
    scale = "bias, log hazard ratio"
    estimate = evidence.checked
    rows = evidence.rows("bias_adjusted", checked=True)
    rows = rows[
        rows["is_in_verdict"].astype(bool) & (rows["model_id"] == evidence.model_id)
    ]
    if not len(rows) or not estimate.is_known:
        return not_assessed("no prior of bias_priors.csv is for the verdict", scale)
    row = rows.iloc[0]
    adjusted = first_estimate(rows)
    below = estimate.coef < 0
    reaches_1 = adjusted.ci_high >= 1 if below else adjusted.ci_low <= 1
    needed = 0.0 if estimate.holds_1 else math.log(estimate.limit)
    spread = 1.959964 * float(row["bias_sd"])
    seen = float(row["bias_mean"]) + (-spread if below else spread)
    return Answer(
        "plausible" if reaches_1 or estimate.holds_1 else "not seen",
        f"{capital(rule_words(estimate.rule))} and with the bias that external "
        f"controls had in {row['disease']} (prior {row['prior_id']}), the hazard ratio "
        f"is {interval_text(adjusted)}. "
        + (
            "No bias is needed for an interval that holds 1."
            if estimate.holds_1
            else f"A mean bias of {needed:.2f} moves the limit to 1."
        ),
        scale,
        needed=needed,
        seen=seen,
        lost=share_lost(evidence.main.coef, adjusted.coef),
    )


def specifications(evidence: Evidence) -> Answer:
    """Read the range of hazard ratios over all valid specifications."""
    side = "below" if evidence.main.coef < 0 else "above"
    scale = f"share of valid specifications with an interval {side} 1"
    column = f"share_interval_{side}_1"
    rows = evidence.rows("specification_summary")
    rows = rows[rows["population"] == "valid"]
    overall = rows[rows["axis"] == "overall"]
    if not len(overall) or pd.isna(overall[column].iloc[0]):
        return not_assessed("there is no specification grid", scale)
    row = overall.iloc[0]
    share = float(row[column])
    axes = rows[(rows["axis"] != "overall") & rows["variance_share"].notna()]
    sentence = (
        f"Of {int(row['n'])} valid specifications, {share:.0%} have an interval {side} "
        "1; "
        f"hazard ratios run from {row['min_hazard_ratio']:.2f} to "
        f"{row['max_hazard_ratio']:.2f}, median {row['median_hazard_ratio']:.2f}."
    )
    if len(axes):
        largest = axes.sort_values("variance_share", ascending=False).iloc[0]
        axis = str(largest["axis"]).replace("follow_up", "follow-up").replace("_", " ")
        sentence += (
            f" The choice that moves them most is {axis} "
            f"({float(largest['variance_share']):.0%} of the variance)."
        )
    return Answer(
        "not seen" if share == 1 else "plausible",
        sentence,
        scale,
        needed=1.0,
        seen=share,
        lost=share_lost(
            evidence.main.coef, math.log(float(row["median_hazard_ratio"]))
        ),
    )


def missing_covariates(evidence: Evidence) -> Answer:
    """Read the estimate with covariates imputed within matching."""
    rows = evidence.rows("imputed", checked=True)
    rule = evidence.checked.rule
    if not len(rows):
        rows, rule = evidence.rows("imputed"), evidence.main.rule
    rows = rows[rows["model_id"] == evidence.model_id]
    # its limits are of the log hazard ratio
    found = first_estimate(
        rows.assign(
            **{end: np.exp(numbers(rows, end)) for end in ("ci_low", "ci_high")}
        )
    )
    return judge_estimates(
        evidence,
        [found],
        f"{capital(rule_words(rule))} and with missing covariates "
        f"imputed, the hazard ratio is {interval_text(found)}."
        if found.is_known
        else "",
        "covariates were not imputed",
    )


def order(evidence: Evidence) -> Answer:
    """Read the range of hazard ratios over orders of matching."""
    scale = "hazard ratio, 97.5th percentile over orders of matching"
    rows = evidence.rows("order_sensitivity").dropna(subset=["q975"])
    if not len(rows):
        return not_assessed("the order of matching was not varied", scale)
    below = evidence.main.coef < 0
    seen = float(rows["q975"].max() if below else rows["q025"].min())
    return Answer(
        "plausible" if (seen >= 1) == below else "not seen",
        f"Over {int(rows['permutations'].max())} orders of matching, the hazard ratio "
        f"runs from {float(rows['min'].min()):.2f} to {float(rows['max'].max()):.2f}.",
        scale,
        needed=1.0,
        seen=seen,
        lost=share_lost(evidence.main.coef, math.log(seen)),
    )


def proportional_hazards(evidence: Evidence) -> Answer:
    """Read the global test of proportional hazards."""
    scale = "p value of proportional hazards"
    p_value = evidence.value(
        "proportional_hazards", "p_value", model_id=evidence.model_id, term="GLOBAL"
    )
    if math.isnan(p_value):
        return not_assessed("proportional hazards were not tested", scale)
    varies = p_value < PH_LEVEL
    return Answer(
        "plausible" if varies else "not seen",
        (
            "The hazard ratio changes with time, so that one number depends on the "
            "length of follow-up"
            if varies
            else "No departure from proportional hazards was detected"
        )
        + f" (p = {p_value:.3f}).",
        scale,
        needed=PH_LEVEL,
        seen=p_value,
    )
