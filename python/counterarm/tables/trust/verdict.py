"""The verdict on every main analysis, and the challenges it rests on."""

from collections.abc import Mapping

import pandas as pd

from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame
from counterarm.tables.trust.answers import capital, interval_text, rule_words
from counterarm.tables.trust.challenges import QUESTIONS
from counterarm.tables.trust.evidence import Evidence, evidence_of, number
from counterarm.trust.verdict import HOLDS_1, Challenge, Verdict, give_verdict, rank

CHALLENGE_TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "position": COUNT,
    "challenge": TEXT,
    "question": TEXT,
    "needed": NUMBER,
    "seen": NUMBER,
    "scale": TEXT,
    "outcome": TEXT,
    "share_lost": NUMBER,
    "sentence": TEXT,
    "in_brief": TEXT,
}
SUMMARY_TYPES = {"analysis_id": TEXT, "verdict": TEXT, "headline": TEXT}
VARIANCES = {
    "cluster": "robust variance, by matched set",
    "two_way": "robust variance, by matched set and subject",
    "naive": "model-based variance",
}
# How many of the gravest challenges the headline quotes.
QUOTED = 2


def verdict_table(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the challenges to every delivered main analysis, the gravest first.

    `tables` maps the names of the tables that `evidence_of` and the challenges read to
    their rows. One row per analysis and challenge; `needed` and `seen` are on `scale`.
    An analysis without an estimate has no rows.
    """
    questions = {each.name: each for each in QUESTIONS}
    rows = []
    for evidence in evidence_of(tables):
        if not evidence.main.is_known:
            continue
        answers = {name: each.answer(evidence) for name, each in questions.items()}
        ranked = rank(
            [Challenge(name, one.outcome, one.lost) for name, one in answers.items()]
        )
        for position, each in enumerate(ranked, start=1):
            answer = answers[each.name]
            rows.append(
                {
                    "analysis_id": evidence.analysis_id,
                    "model_id": evidence.model_id,
                    "position": position,
                    "challenge": each.name,
                    "question": questions[each.name].question,
                    "needed": answer.needed,
                    "seen": answer.seen,
                    "scale": answer.scale,
                    "outcome": each.outcome,
                    "share_lost": each.lost,
                    "sentence": answer.sentence,
                    "in_brief": answer.brief or answer.sentence,
                }
            )
    return typed_frame(rows, CHALLENGE_TYPES)


def verdict_summary(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row per delivered main analysis: its verdict and why, in words.

    `tables` has the rows of `verdict_table` as `verdict`, of `delivery_nature`, and of
    the tables that `evidence_of` reads.
    """
    nature = tables["delivery_nature"]
    is_synthetic = len(nature) > 0 and not nature["is_real"].astype(bool).any()
    rows = []
    for evidence in evidence_of(tables):
        challenges = evidence.rows("verdict").sort_values("position")
        verdict = judge(evidence, challenges)
        words = headline(
            evidence,
            verdict,
            dict(zip(challenges["challenge"], challenges["in_brief"], strict=True)),
            is_synthetic=is_synthetic,
        )
        rows.append(
            {
                "analysis_id": evidence.analysis_id,
                "verdict": verdict.verdict,
                "headline": words,
            }
        )
    return typed_frame(rows, SUMMARY_TYPES)


def judge(evidence: Evidence, challenges: pd.DataFrame) -> Verdict:
    """Give the verdict on an analysis, whose challenges are rows of `verdict_table`."""
    why = evidence.note
    can_be_judged = evidence.main.is_known
    if can_be_judged and evidence.has_valid_rule:
        # a result whose follow-up is not varied is not judged on lesser challenges
        can_be_judged = any(each.is_known for each in evidence.corrected)
        why = "no analysis corrects the follow-up of the controls"
    return give_verdict(
        [
            Challenge(row.challenge, row.outcome, number(row.share_lost))
            for row in challenges.itertuples()
        ],
        has_valid_rule=evidence.has_valid_rule,
        has_recording_source=evidence.has_recording_source,
        converged=can_be_judged,
        not_converged_why=why,
        recorded_interval_holds_1=evidence.main.holds_1,
    )


def headline(
    evidence: Evidence,
    verdict: Verdict,
    in_brief: Mapping[str, str],
    *,
    is_synthetic: bool,
) -> str:
    """Write the verdict as a paragraph that a reader can quote.

    It has the estimate as published with its follow-up rule, the gravest challenges
    (`in_brief` has the words of each; none where no source of controls records deaths),
    the names of those that were not assessed, and what hazard ratios and intervals are.
    """
    parts = ["Synthetic data."] if is_synthetic else []
    if verdict.verdict == "cannot be judged":
        parts.append(f"{capital(verdict.headline)}.")
    elif verdict.headline == HOLDS_1:
        parts.append(f"Not supported: the result {HOLDS_1}.")
    else:
        parts.append(f"{capital(verdict.verdict)}.")
    if evidence.main.is_known:
        parts.append(
            f"{capital(rule_words(evidence.main.rule))}, the hazard ratio is "
            f"{interval_text(evidence.main)}."
        )
    grave = [
        each.name
        for each in verdict.challenges
        if each.outcome in ("overturns", "plausible")
    ]
    if evidence.has_recording_source:
        # without a pool that records deaths their numbers rest on nothing
        parts += [in_brief[name] for name in grave[:QUOTED]]
    missing = [
        each.name.replace("_", " ")
        for each in verdict.challenges
        if each.outcome == "not assessed"
    ]
    if missing:
        parts.append(f"Not assessed: {', '.join(missing)}.")
    if evidence.main.is_known:
        parts.append(
            f"Estimand: {evidence.estimand}; "
            f"{VARIANCES.get(evidence.variance, evidence.variance)}."
        )
    return " ".join(parts)
