"""Why a result may not be believed, in a few lines: its assumptions and its rules."""

from dataclasses import dataclass

from counterarm.report.reading import Results
from counterarm.report.words import estimate_text

# What has to hold for a result to survive a challenge of results.verdict.
ASSUMPTIONS = {
    "follow_up": "the survival of controls is ascertained for as long as their deaths",
    "common_horizon": "the result does not depend on the longer follow-up of one arm",
    "immortal_time": "groups are formed without knowledge of the future",
    "placebo": "the method finds nothing between placebo and placebo",
    "confounder": "no hidden confounder is as strong as the measured covariates",
    "bias_prior": "there is less bias than external controls had elsewhere",
    "tipping": "outcomes that were not ascertained change nothing",
    "specifications": "other choices of analysts give the same",
    "missing_covariates": "subjects left out for missing covariates change nothing",
    "order": "the order of matching changes nothing",
    "proportional_hazards": "one hazard ratio describes the whole follow-up",
}
# Of each outcome that a reader must know of, the words before its assumptions.
_WORDS = {
    "overturns": "A check overturns what the result assumes",
    "plausible": "In doubt is",
}
# The challenge that the others rest on.
_FIRST = "follow_up"
RULES = {
    "as_recorded": "As recorded",
    "alive_to_last_visit": "Alive to trial's last visit",
    "alive_to_last_death": "Alive to trial's last death",
}


@dataclass(frozen=True)
class UnderRule:
    """A hazard ratio under one follow-up rule, in words."""

    rule: str
    estimate: str


def assumptions(results: Results, analysis_id: str) -> list[str]:
    """Say which assumptions the checks overturn or leave in doubt, gravest first.

    From results.verdict; empty without it, and where the interval as published holds
    1: nothing is then assumed that could be overturned. The assumption on follow-up
    comes first where nothing could check it, since the other checks rest on it.
    """
    challenges = results.of("verdict", analysis_id)
    if challenges.empty or published_holds_1(results, analysis_id):
        return []
    ordered = challenges.sort_values("position")
    found = []
    for outcome, words in _WORDS.items():
        names = ordered.loc[ordered["outcome"] == outcome, "challenge"]
        held = "; ".join(f"that {ASSUMPTIONS.get(name, name)}" for name in names)
        if held:
            found.append(f"{words}: {held}.")
    is_first = ordered["challenge"] == _FIRST
    if (ordered.loc[is_first, "outcome"] == "not assessed").any():
        found.insert(0, f"It could not be checked that {ASSUMPTIONS[_FIRST]}.")
    return found or [
        "No check overturns what the result assumes or leaves it in doubt."
    ]


def published_holds_1(results: Results, analysis_id: str) -> bool:
    """Tell whether the interval under the analysis's own follow-up rule holds 1."""
    rows = results.of("follow_up_estimates", analysis_id)
    if rows.empty:
        return False
    own = rows.sort_values("position").iloc[0]
    return bool(own["ci_low"] <= 1 <= own["ci_high"])


def by_rule(results: Results, analysis_id: str) -> list[UnderRule]:
    """Return the hazard ratio under each follow-up rule, that of the analysis first.

    From results.follow_up_estimates; empty where the follow-up is not varied.
    """
    rows = results.of("follow_up_estimates", analysis_id)
    if len(rows) < 2:
        return []
    return [
        UnderRule(
            rule_label(str(row["follow_up_rule"])),
            estimate_text(row),
        )
        for row in rows.sort_values("position").to_dict("records")
    ]


def rule_label(rule: str) -> str:
    """Write a follow-up rule as the first column of a small table."""
    name, _, days = rule.rpartition("_")
    if name == "window":
        return f"Last visit + {days} days"
    if name == "horizon":
        return f"To day {days}"
    return RULES.get(rule, rule.replace("_", " "))
