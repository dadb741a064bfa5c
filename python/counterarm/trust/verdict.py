"""The verdict on a result: which challenges overturn it, ranked, in fixed words."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Outcome = Literal["overturns", "plausible", "not seen", "not assessed"]
# from the gravest to the uninformative one
OUTCOMES: tuple[str, ...] = get_args(Outcome)
VerdictWord = Literal[
    "cannot be judged",
    "not supported",
    "fragile",
    "not overturned by what could be checked",
]
CANNOT_BE_JUDGED = (
    "cannot be judged: deaths and survival of the controls are not ascertained "
    "equally long"
)
NO_RECORDING = (
    "cannot be judged: no pseudo-trial or registry of the controls records deaths, so "
    "that it is not known how completely their deaths are ascertained"
)
HOLDS_1 = "cannot be distinguished from no effect"


@dataclass(frozen=True)
class Challenge:
    """One question to a result, and what came of it.

    `lost` is |coef| lost / |coef|, the share of the log hazard ratio that goes if the
    challenge holds; NaN where it is not known.
    """

    name: str
    outcome: Outcome
    lost: float = math.nan


@dataclass(frozen=True)
class Verdict:
    """The verdict, why, and the challenges from the gravest down."""

    verdict: VerdictWord
    headline: str
    challenges: tuple[Challenge, ...]


def give_verdict(
    challenges: Sequence[Challenge],
    *,
    has_valid_rule: bool,
    converged: bool,
    has_recording_source: bool = True,
    recorded_interval_holds_1: bool = False,
    not_converged_why: str = "",
) -> Verdict:
    """Rank the challenges of an analysis and give its verdict.

    `challenges` are in the order of the protocol, which breaks ties. In this order:
    a main model that did not converge, or no valid follow-up rule (`valid_rule`):
    cannot be judged (the reason differs where no source of controls records deaths,
    `has_recording_source`); an interval of the result as recorded that already holds 1:
    not supported, as it cannot be distinguished from no effect; else any overturn: not
    supported; else any plausible: fragile; else, where nothing was assessed, cannot be
    judged; else not overturned by what could be checked. ValueError for an unknown
    outcome or a challenge given twice.
    """
    ranked = rank(challenges)
    if not converged:
        why = not_converged_why or "the main model did not converge"
        return Verdict("cannot be judged", f"cannot be judged: {why}", ranked)
    if not has_valid_rule:
        why = CANNOT_BE_JUDGED if has_recording_source else NO_RECORDING
        return Verdict("cannot be judged", why, ranked)
    if recorded_interval_holds_1:
        return Verdict("not supported", HOLDS_1, ranked)
    if all(each.outcome == "not assessed" for each in ranked):
        why = "cannot be judged: nothing was assessed"
        return Verdict("cannot be judged", why, ranked)
    words: dict[Outcome, VerdictWord] = {
        "overturns": "not supported",
        "plausible": "fragile",
    }
    for outcome, word in words.items():
        found = [each.name for each in ranked if each.outcome == outcome]
        if found:
            return Verdict(word, f"{word}: {', '.join(found)}", ranked)
    remaining: VerdictWord = "not overturned by what could be checked"
    return Verdict(remaining, remaining, ranked)


def rank(challenges: Sequence[Challenge]) -> tuple[Challenge, ...]:
    """Order challenges: overturns, plausible by what is lost, not seen, not assessed.

    Ties stay in the order given; a plausible one of unknown loss comes after the rest.
    """
    names = [each.name for each in challenges]
    for each in challenges:
        if each.outcome not in OUTCOMES:
            raise ValueError(f"{each.name}: outcome {each.outcome!r} is unknown")
        if names.count(each.name) > 1:
            raise ValueError(f"{each.name}: given twice")

    def key(each: Challenge) -> tuple[int, float]:
        known = 0.0 if math.isnan(each.lost) else each.lost
        size = -known if each.outcome == "plausible" else 0.0
        return OUTCOMES.index(each.outcome), size

    return tuple(sorted(challenges, key=key))


def valid_rule(
    has_recording_source: bool,
    ratio: float,
    corrected: Iterable[tuple[float, float]],
) -> bool:
    """Tell whether any follow-up rule can be believed.

    Not without a pseudo-trial or registry of the controls in which deaths are recorded
    (`has_recording_source`), and not where O/E, `ratio`, is below 0.5 or above 2 (or
    unknown) and the corrected rules disagree. `corrected` holds their limits of the
    hazard ratio.
    """
    if not has_recording_source:
        return False
    is_far = math.isnan(ratio) or ratio < 0.5 or ratio > 2
    return not (is_far and rules_disagree(corrected))


def rules_disagree(intervals: Iterable[tuple[float, float]]) -> bool:
    """Tell whether intervals differ in lying below 1, holding it or lying above.

    Unknown intervals (NaN) are ignored.
    """
    return len({_side(low, high) for low, high in intervals} - {None}) > 1


def outcome_of_intervals(intervals: Iterable[tuple[float, float]]) -> Outcome:
    """Judge a check that makes no new assumption: `overturns` if any interval holds 1.

    `intervals` are limits of the hazard ratio, NaN where there is none; without any the
    check is not assessed.
    """
    sides = {_side(low, high) for low, high in intervals} - {None}
    if not sides:
        return "not assessed"
    return "overturns" if "holds 1" in sides else "not seen"


def outcome_of_amounts(needed: float, seen: float) -> Outcome:
    """Judge a bias: `plausible` if no more is needed than was seen."""
    if math.isnan(needed) or math.isnan(seen):
        return "not assessed"
    return "plausible" if needed <= seen else "not seen"


def share_lost(coef: float, other: float) -> float:
    """Return |coef| lost / |coef|, the share of `coef` that `other` lacks.

    0 where `other` is further from 0, above 1 where it lies beyond 0; NaN for a
    `coef` of 0.
    """
    if coef == 0:
        return math.nan
    return max((coef - other) / coef, 0.0)


def _side(low: float, high: float) -> str | None:
    if math.isnan(low) or math.isnan(high):
        return None
    if low > high:
        raise ValueError(f"interval: {low} to {high}")
    if low <= 1 <= high:
        return "holds 1"
    return "below 1" if high < 1 else "above 1"
