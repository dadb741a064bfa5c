"""What function and survival together say, and whether follow-up overturns it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame
from counterarm.tables.trust.answers import capital, rule_words
from counterarm.tables.trust.challenges_of_follow_up import trusted_rules
from counterarm.tables.trust.evidence import Evidence, evidence_of, number
from counterarm.trust.verdict import Challenge, give_verdict, outcome_of_intervals

TYPES = {
    "analysis_id": TEXT,
    "position": COUNT,
    "measure": TEXT,
    "label": TEXT,
    "follow_up_rule": TEXT,
    "estimate": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "null_value": NUMBER,
    "n_rules": COUNT,
    "corrected_low": NUMBER,
    "corrected_high": NUMBER,
    "outcome": TEXT,
    "verdict": TEXT,
    "sentence": TEXT,
    "truncated_by_death": TEXT,
    "note": TEXT,
}
NORMAL_975 = float(norm.ppf(0.975))
DEATH_FIRST = (
    "Of two subjects the one known to live longer is better; if neither is, the "
    "ALSFRS-R at the last visit at which both were assessed decides. A total after "
    "death does not exist (truncated by death) and is not imputed."
)
ALIVE_ONLY = (
    "MMRM compares those alive and assessed: totals after death do not exist "
    "(truncated by death) and the model treats them as missing at random, which "
    "favours an arm in which the sickest die first."
)


@dataclass(frozen=True)
class Measured:
    """An estimate with its interval, NaN where there is none."""

    estimate: float
    ci_low: float
    ci_high: float
    note: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is an estimate with its interval."""
        return not any(map(math.isnan, (self.estimate, self.ci_low, self.ci_high)))


NOTHING = Measured(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Measure:
    """A way to compare function and survival: where it is, and what it means."""

    name: str
    label: str
    meaning: str
    null: float
    read: Callable[[Mapping[str, pd.DataFrame], str], Measured]

    def text(self, found: Measured) -> str:
        """Write an estimate with its interval."""
        return (
            f"{found.estimate:.2f} (95% CI {found.ci_low:.2f} to {found.ci_high:.2f})"
        )

    def as_ratio(self, found: Measured) -> tuple[float, float]:
        """Return the limits as those of a ratio, which 1 divides."""
        if self.null == 1:
            return found.ci_low, found.ci_high
        # of any scale: only the side of the limits is asked for
        return 1 + math.tanh(found.ci_low) / 2, 1 + math.tanh(found.ci_high) / 2


def win_of(
    pairing: str, column: str = "win_ratio", limits: str = ""
) -> Callable[[Mapping[str, pd.DataFrame], str], Measured]:
    """Return a reader of one measure of wins of a pairing, its limits by prefix."""

    def read(tables: Mapping[str, pd.DataFrame], analysis_id: str) -> Measured:
        rows = tables["win_ratio"]
        is_it = (rows["analysis_id"] == analysis_id) & (rows["pairing"] == pairing)
        if not is_it.any():
            return NOTHING
        row = rows[is_it].iloc[0]
        return Measured(
            number(row[column]),
            number(row[f"{limits}ci_low"]),
            number(row[f"{limits}ci_high"]),
            "" if pd.isna(row["note"]) else str(row["note"]),
        )

    return read


def joint_rank_of(tables: Mapping[str, pd.DataFrame], analysis_id: str) -> Measured:
    """Read the difference of joint ranks at equal baseline; limits of Student's t."""
    rows = tables["joint_rank"]
    own = rows[rows["analysis_id"] == analysis_id]
    if own.empty or own["ancova_coef"].isna().any():
        return NOTHING
    coef, se = number(own["ancova_coef"].iloc[0]), number(own["ancova_se"].iloc[0])
    half = float(student.ppf(0.975, int(own["n"].sum()) - 3)) * se
    return Measured(coef, coef - half, coef + half)


def score_test_of(tables: Mapping[str, pd.DataFrame], analysis_id: str) -> Measured:
    """Read the Finkelstein-Schoenfeld z, with the limits that a z has."""
    rows = tables["joint_rank"]
    own = rows[rows["analysis_id"] == analysis_id]
    if own.empty:
        return NOTHING
    z = number(own["fs_z"].iloc[0])
    return Measured(z, z - NORMAL_975, z + NORMAL_975)


def mmrm_of(tables: Mapping[str, pd.DataFrame], analysis_id: str) -> Measured:
    """Read the difference at the last planned visit that has one."""
    rows = tables["mmrm"]
    own = rows[(rows["analysis_id"] == analysis_id) & rows["coef"].notna()]
    if own.empty:
        return NOTHING
    last = own.sort_values("offset_days").iloc[-1]
    return Measured(
        number(last["coef"]),
        number(last["ci_low"]),
        number(last["ci_high"]),
        f"at {last['visit']}",
    )


MEASURES = (
    Measure(
        "win_ratio_matched",
        "win ratio of pairs",
        "Each treated is compared with the control of its pair: pairs won over pairs "
        "lost, above 1 in favour of treatment.",
        1.0,
        win_of("matched"),
    ),
    Measure(
        "win_ratio_unmatched",
        "win ratio of all against all",
        "Every treated is compared with every matched control: comparisons won over "
        "lost.",
        1.0,
        win_of("unmatched"),
    ),
    Measure(
        "win_odds",
        "win odds of pairs",
        "As the win ratio, with half of the ties counted as wins and half as losses, "
        "so that ties move it towards 1.",
        1.0,
        win_of("matched", "win_odds", "win_odds_"),
    ),
    Measure(
        "net_benefit",
        "net benefit of pairs",
        "Share of pairs won less the share lost, above 0 in favour of treatment.",
        0.0,
        win_of("matched", "net_benefit", "net_benefit_"),
    ),
    Measure(
        "finkelstein_schoenfeld",
        "Finkelstein-Schoenfeld z",
        "All treated are compared with all controls: comparisons won less those lost, "
        "over the standard error; beyond 1.96 at the 5% level.",
        0.0,
        score_test_of,
    ),
    Measure(
        "joint_rank",
        "joint rank (CAFS)",
        "All are ranked by survival, then function: ranks of the treated less those of "
        "controls with the same ALSFRS-R at baseline, above 0 in favour of treatment.",
        0.0,
        joint_rank_of,
    ),
    Measure(
        "mmrm",
        "change of the ALSFRS-R (MMRM)",
        "Points that the treated changed more than the controls, above 0 in favour of "
        "treatment.",
        0.0,
        mmrm_of,
    ),
)


def function_verdict_table(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what each measure of function says of every delivered main analysis.

    `tables` maps the names of win_ratio, joint_rank, mmrm, and of the tables that
    `evidence_of` reads (follow_up_estimates, ascertainment) to their
    rows. One row per analysis and measure that has an estimate or a note. The challenge
    is that of the verdict: lives are ascertained as long as deaths. It is read under
    the follow-up rules that the verdict considers valid; one whose interval holds the
    null value, or lies beyond it, overturns. MMRM has no follow-up rule, and is not
    assessed.
    """
    rows = []
    for evidence in evidence_of(tables):
        rules = analyses_of(tables, evidence)
        for position, measure in enumerate(MEASURES, start=1):
            row = judged(measure, evidence, rules, tables)
            if row:
                rows.append(row | {"position": position})
    return typed_frame(rows, TYPES)


def analyses_of(
    tables: Mapping[str, pd.DataFrame], evidence: Evidence
) -> dict[str, str]:
    """Return the analysis of each follow-up rule that the verdict considers valid."""
    trusted = {each.rule for each in trusted_rules(evidence)}
    rows = tables["follow_up_estimates"]
    own = rows[(rows["analysis_id"] == evidence.analysis_id) & rows["is_corrected"]]
    return {
        rule: name
        for rule, name in zip(
            own["follow_up_rule"], own["rule_analysis_id"], strict=True
        )
        if rule in trusted
    }


def judged(
    measure: Measure,
    evidence: Evidence,
    rules: dict[str, str],
    tables: Mapping[str, pd.DataFrame],
) -> dict[str, object]:
    """Return the row of one measure; empty where it was not asked for."""
    main = measure.read(tables, evidence.analysis_id)
    if not main.is_known and not main.note:
        return {}
    row: dict[str, object] = {
        "analysis_id": evidence.analysis_id,
        "measure": measure.name,
        "label": capital(measure.label),
        "truncated_by_death": ALIVE_ONLY if measure.name == "mmrm" else DEATH_FIRST,
        "follow_up_rule": evidence.main.rule or "as_recorded",
        "null_value": measure.null,
        "note": main.note or None,
    }
    if not main.is_known:
        sentence = f"{capital(measure.label)}: no estimate. {measure.meaning}"
        return row | {"outcome": "not assessed", "sentence": sentence}
    found = {rule: measure.read(tables, name) for rule, name in rules.items()}
    known = {rule: one for rule, one in found.items() if one.is_known}
    if measure.name == "mmrm":
        known = {}
    is_above = main.estimate > measure.null
    # one that lies on the other side contradicts no less than one that holds the null
    against = [
        (min(low, 1.0), high) if not is_above else (low, max(high, 1.0))
        for low, high in map(measure.as_ratio, known.values())
    ]
    outcome = outcome_of_intervals(against)
    low, high = measure.as_ratio(main)
    verdict = give_verdict(
        [Challenge("follow_up", outcome)],
        has_valid_rule=evidence.has_valid_rule or measure.name == "mmrm",
        converged=True,
        recorded_interval_holds_1=low <= 1 <= high,
    )
    said = [f"{capital(measure.label)} {measure.text(main)}. {measure.meaning}"]
    if known:
        least = min(known, key=lambda rule: known[rule].estimate)
        most = max(known, key=lambda rule: known[rule].estimate)
        said += [
            f"{capital(rule_words(rule))}, it is {measure.text(known[rule])}."
            for rule in dict.fromkeys((least, most))
        ]
    limits = [(one.ci_low, one.ci_high) for one in known.values()]
    return row | {
        "estimate": main.estimate,
        "ci_low": main.ci_low,
        "ci_high": main.ci_high,
        "n_rules": len(known),
        "corrected_low": min((one for one, _ in limits), default=None),
        "corrected_high": max((one for _, one in limits), default=None),
        "outcome": outcome,
        "verdict": verdict.verdict,
        "sentence": " ".join(said),
    }
