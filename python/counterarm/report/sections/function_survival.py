"""Function and survival together: what each measure says, and whether it stands."""

import pandas as pd

from counterarm.report.reading import Results
from counterarm.report.remarks.remark import Remark
from counterarm.report.sections.section import Section
from counterarm.report.tables import Table, table_of
from counterarm.report.words import name_words


def function_survival(results: Results, analysis_id: str) -> Section | None:
    """Show win ratios, joint ranks and the mixed model with their verdicts."""
    judged = results.of("function_verdict", analysis_id)
    if judged.empty:
        return None
    judged = judged.sort_values("position")
    tables = [
        table_of(
            "function-verdict",
            "Each measure of function and survival: the estimate, its limits under the "
            "follow-up rules that the verdict considers valid, and its verdict.",
            judged,
            {
                "label": "Measure",
                "follow_up_rule": "Follow-up rule",
                "estimate": "Estimate",
                "ci_low": "95% CI",
                "ci_high": "95% CI",
                "null_value": "No difference",
                "corrected_low": "Lowest limit, corrected",
                "corrected_high": "Highest limit, corrected",
                "outcome": "Follow-up",
                "verdict": "Verdict",
            },
            signed={"ci_low", "ci_high"},
        )
    ]
    visits = results.of("mmrm", analysis_id)
    if len(visits):
        tables.append(_visits(visits))
    remarks = [
        Remark(
            f"{row.sentence} {_verdict_words(row.verdict)}",
            caution=row.verdict != "not overturned by what could be checked",
        )
        for row in judged.itertuples()
    ]
    remarks += [Remark(text) for text in judged["truncated_by_death"].unique()]
    return Section(
        "function-survival", "Function and survival together", [], tables, remarks
    )


def _verdict_words(verdict: object) -> str:
    return f"Verdict: {verdict}." if isinstance(verdict, str) else ""


def _visits(visits: pd.DataFrame) -> Table:
    return table_of(
        "mmrm",
        "Change of the ALSFRS-R total by the mixed model for repeated measures, "
        "treated less controls, among those alive and assessed, and who had died.",
        visits.sort_values("offset_days").assign(visit=visits["visit"].map(name_words)),
        {
            "visit": "Visit",
            "n_treated": "Treated assessed",
            "n_control": "Controls assessed",
            "n_treated_dead": "Treated dead",
            "n_control_dead": "Controls dead",
            "mean_treated": "Mean change, treated",
            "mean_control": "Mean change, controls",
            "coef": "Difference, points",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
            "p_value": "p",
            "note": "Note",
        },
        signed={"ci_low", "ci_high"},
    )
