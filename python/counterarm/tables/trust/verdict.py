"""The verdict on every main analysis, and the challenges it rests on."""

from collections.abc import Mapping

import pandas as pd

from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame
from counterarm.tables.trust.answers import Answer, capital, interval_text, rule_words
from counterarm.tables.trust.challenges import QUESTIONS
from counterarm.tables.trust.evidence import Evidence, evidence_of
from counterarm.trust.verdict import HOLDS_1, Challenge, Verdict, give_verdict

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
    "sentence": TEXT,
}
SUMMARY_TYPES = {"analysis_id": TEXT, "verdict": TEXT, "headline": TEXT}
# How many of the gravest challenges the headline quotes.
QUOTED = 2


def verdict_table(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the challenges to every delivered main analysis, the gravest first.

    `tables` maps the names of the tables that `evidence_of` and the challenges read to
    their rows. One row per analysis and challenge; `needed` and `seen` are on `scale`.
    """
    questions = {each.name: each.question for each in QUESTIONS}
    rows = []
    for evidence in evidence_of(tables):
        answers, verdict = judge(evidence)
        rows += [
            {
                "analysis_id": evidence.analysis_id,
                "model_id": evidence.model_id,
                "position": position,
                "challenge": each.name,
                "question": questions[each.name],
                "needed": answers[each.name].needed,
                "seen": answers[each.name].seen,
                "scale": answers[each.name].scale,
                "outcome": each.outcome,
                "sentence": answers[each.name].sentence,
            }
            for position, each in enumerate(verdict.challenges, start=1)
        ]
    return typed_frame(rows, CHALLENGE_TYPES)


def verdict_summary(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row per delivered main analysis: its verdict and why, in words.

    `tables` is that of `verdict_table`, and has the rows of `delivery_nature` too.
    """
    nature = tables["delivery_nature"]
    is_synthetic = len(nature) > 0 and not nature["is_real"].astype(bool).any()
    rows = []
    for evidence in evidence_of(tables):
        answers, verdict = judge(evidence)
        rows.append(
            {
                "analysis_id": evidence.analysis_id,
                "verdict": verdict.verdict,
                "headline": headline(
                    evidence, answers, verdict, is_synthetic=is_synthetic
                ),
            }
        )
    return typed_frame(rows, SUMMARY_TYPES)


def judge(evidence: Evidence) -> tuple[dict[str, Answer], Verdict]:
    """Put every challenge to an analysis, and give the verdict on it."""
    if not evidence.main.is_known:
        verdict = give_verdict(
            [],
            has_valid_rule=evidence.has_valid_rule,
            converged=False,
            not_converged_why=evidence.note,
        )
        return {}, verdict
    answers = {each.name: each.answer(evidence) for each in QUESTIONS}
    # a result whose follow-up is not varied is not judged on lesser challenges
    is_varied = any(each.is_known for each in evidence.corrected)
    verdict = give_verdict(
        [Challenge(name, each.outcome, each.lost) for name, each in answers.items()],
        has_valid_rule=evidence.has_valid_rule,
        converged=is_varied or not evidence.has_valid_rule,
        not_converged_why="no analysis corrects the follow-up of the controls",
        recorded_interval_holds_1=evidence.main.holds_1,
    )
    return answers, verdict


def headline(
    evidence: Evidence,
    answers: Mapping[str, Answer],
    verdict: Verdict,
    *,
    is_synthetic: bool,
) -> str:
    """Write the verdict as a paragraph that a reader can quote.

    It has the estimate as published with its follow-up rule, the sentences of the
    gravest challenges, and the names of the challenges that were not assessed.
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
    parts += [answers[name].brief or answers[name].sentence for name in grave[:QUOTED]]
    missing = [
        each.name.replace("_", " ")
        for each in verdict.challenges
        if each.outcome == "not assessed"
    ]
    if missing:
        parts.append(f"Not assessed: {', '.join(missing)}.")
    return " ".join(parts)
