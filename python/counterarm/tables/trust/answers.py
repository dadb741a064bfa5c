"""What a challenge needs, what was seen, and in which words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from counterarm.tables.trust.evidence import Estimate, Evidence, first_estimate
from counterarm.tables.trust.main_model import VARIANCES
from counterarm.trust.verdict import (
    Outcome,
    outcome_of_intervals,
    share_lost,
)

LIMIT = "hazard ratio, limit nearer to 1"


@dataclass(frozen=True)
class Answer:
    """What a challenge needs, what was seen, and the outcome.

    `needed` and `seen` are on `scale`, NaN where unknown; `lost` is the share of the
    log hazard ratio that goes if the challenge holds. `brief` is a shorter sentence for
    the headline, "" where `sentence` is short enough.
    """

    outcome: Outcome
    sentence: str
    scale: str
    needed: float = math.nan
    seen: float = math.nan
    lost: float = math.nan
    brief: str = ""


def not_assessed(sentence: str, scale: str) -> Answer:
    """Return the answer where a challenge cannot be assessed, and why."""
    return Answer("not assessed", f"Not assessed: {sentence}.", scale)


def interval_text(estimate: Estimate) -> str:
    """Write a hazard ratio with its 95% confidence interval."""
    return (
        f"{estimate.ratio:.2f} (95% CI {estimate.ci_low:.2f} to {estimate.ci_high:.2f})"
    )


def rule_words(rule: str) -> str:
    """Write a follow-up rule as the condition under which an estimate holds."""
    name, _, days = rule.rpartition("_")
    if name == "window":
        return f"with every control followed {days} days past the last visit"
    if name == "horizon":
        return f"with both arms cut at day {days}"
    return {
        "as_recorded": "as recorded",
        "alive_to_last_visit": (
            "with controls without a recorded death alive until the last visit of "
            "their pseudo-trial"
        ),
        "alive_to_last_death": (
            "with controls without a recorded death alive until the last death of "
            "their pseudo-trial"
        ),
    }.get(rule, f"under {rule}")


def judge_estimates(
    evidence: Evidence, estimates: Sequence[Estimate], sentence: str, missing: str
) -> Answer:
    """Judge estimates that need no new assumption: one that holds 1 overturns."""
    known = [each for each in estimates if each.is_known]
    if not known:
        return not_assessed(missing, LIMIT)
    below = evidence.main.coef < 0
    return Answer(
        outcome_of_intervals(_against(each, below=below) for each in known),
        sentence,
        LIMIT,
        needed=1.0,
        seen=(
            max(each.ci_high for each in known)
            if below
            else min(each.ci_low for each in known)
        ),
        lost=max(share_lost(evidence.main.coef, each.coef) for each in known),
    )


def _against(estimate: Estimate, *, below: bool) -> tuple[float, float]:
    """Return the interval, stretched to 1 where it lies on the other side of it.

    An estimate that contradicts the result speaks against it no less than one whose
    interval holds 1.
    """
    low, high = estimate.interval
    return (min(low, 1.0), high) if below else (low, max(high, 1.0))


def preferred_estimate(rows: pd.DataFrame) -> Estimate:
    """Return the estimate with the variance that the verdict uses."""
    known = rows[rows["variance"].isin(VARIANCES)]
    ordered = known.sort_values(
        "variance", key=lambda names: names.map(VARIANCES.index), kind="stable"
    )
    return first_estimate(ordered)


def capital(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[0].upper() + text[1:]
