"""Safety by study: one section for all analyses, since it is of the studies."""

import pandas as pd

from counterarm.report.figures.change import harm_rates
from counterarm.report.reading import Results
from counterarm.report.remarks.remark import Remark
from counterarm.report.sections.section import Section
from counterarm.report.tables import Table, table_of
from counterarm.report.words import ABSENT, is_missing, number

KINDS = {
    "AE": "Adverse events",
    "ADR": "Adverse drug reactions",
    "SAE": "Serious adverse events",
    "SERIOUS_ADR": "Serious drug reactions",
    "PAIN_OVER_2_WEEKS": "Pain of over two weeks",
    "SAE_FATAL": "Fatal events",
    "DEATH": "Deaths",
}
_WINDOW = "one_year"


def safety(results: Results) -> Section | None:
    """Show rates and shares with exact intervals by study, and the safety tables."""
    summary = results.of("safety_summary")
    listed = results.of("safety_table")
    if summary.empty and listed.empty:
        return None
    figures, tables, remarks = [], [], []
    if not summary.empty:
        rows = summary[summary["kind"].isin(KINDS)].assign(
            label=lambda f: f["kind"].map(KINDS),
            who=lambda f: (
                f["study_id"]
                + f["population"].map(
                    lambda p: f" ({p.lower()})" if p != "dosed" else " (treated)"
                )
            ),
            place=lambda f: f["kind"].map({k: i for i, k in enumerate(KINDS)}),
        )
        rows = rows.sort_values(["place", "who"], kind="stable")
        year = rows[rows["window_name"] == _WINDOW]
        rates = pd.to_numeric(year["rate_per_100_py"], errors="coerce")
        if rates.gt(0).any():
            figures.append(harm_rates(year, _WINDOW))
        tables.append(_summary_table(year, summary))
        remarks = [*_not_recorded(year)]
    if not listed.empty:
        tables.append(_listed_table(listed))
    return Section(
        "safety",
        "Safety by study",
        figures,
        tables,
        [
            Remark(
                "These are all subjects of the studies, not the matched ones. Studies "
                "elicit, code and record events differently: a difference is not an "
                "effect of treatment.",
                caution=True,
            ),
            *remarks,
        ],
        lead="First year. Terms for the progression of ALS are excluded.",
    )


def _summary_table(year: pd.DataFrame, whole: pd.DataFrame) -> Table:
    shown = year.assign(
        share=[_with_interval(r, "pct", "subjects", "%") for r in _records(year)],
        rate=[_with_interval(r, "rate", "per_100_py", "") for r in _records(year)],
    )
    return table_of(
        "safety-summary",
        "Events in the first year with exact 95% confidence intervals.",
        shown,
        {
            "label": "Kind",
            "who": "Study",
            "n_at_risk": "At risk",
            "n_subjects": "With an event",
            "share": "% (95% CI)",
            "n_events": "Events",
            "rate": "Per 100 person-years (95% CI)",
            "note": "Note",
        },
        whole=whole,
        folded=True,
    )


def _records(rows: pd.DataFrame) -> list[dict]:
    return rows.to_dict("records")


def _with_interval(row: dict, kind: str, unit: str, sign: str) -> str:
    value = row[f"{kind}_{unit}"]
    if is_missing(value):
        return ABSENT
    low, high = row[f"{kind}_ci_low"], row[f"{kind}_ci_high"]
    interval = "" if is_missing(low) else f" ({number(low, 1)} to {number(high, 1)})"
    return f"{number(value, 1)}{sign}{interval}"


def _listed_table(listed: pd.DataFrame) -> Table:
    shown = listed[listed["pt"].ne("ANY")]
    if "is_listed" in shown:
        shown = shown[shown["is_listed"].eq(True)]
    return table_of(
        "safety-table",
        "Terms of the safety tables that the protocol defines.",
        shown,
        {
            "label": "Table",
            "study_id": "Study",
            "soc": "System organ class",
            "pt": "Term",
            "n_subjects": "Subjects",
            "n_events": "Events",
            "pct_subjects": "%",
            "rate_per_100_py": "Per 100 person-years",
        },
        whole=listed,
        folded=True,
        limit=150,
    )


def _not_recorded(rows: pd.DataFrame) -> list[Remark]:
    """Name the kinds that a study does not record: they are not zero."""
    missing = rows[rows["note"].notna()]
    if missing.empty:
        return []
    said = "; ".join(
        f"{who}: {', '.join(of['label'].str.lower())}"
        for who, of in missing.groupby("who", sort=True)
    )
    return [Remark(f"Not recorded, which does not mean none: {said}.")]
