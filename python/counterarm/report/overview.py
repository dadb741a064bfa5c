"""The parts of the page that are about all analyses, and about what they rest on."""

import pandas as pd

from counterarm.report import meaning
from counterarm.report.forest import forest, ratio_range
from counterarm.report.meaning import Remark
from counterarm.report.reading import Results
from counterarm.report.section import Section
from counterarm.report.tables import further_table, table_of
from counterarm.report.words import (
    name_words,
)


def is_real(results: Results) -> bool:
    """Tell whether the delivery is said to be of real patients."""
    rows = results.of("provenance")
    said = rows[(rows["kind"] == "setting") & (rows["name"] == "delivery_is_real")]
    return len(said) == 1 and said["value"].iloc[0] == "true"


def side_by_side(results: Results, analyses: list[str]) -> Section:
    """Compare the hazard ratio of treatment of all analyses."""
    rows = results.of("hazard_ratios")
    rows = rows[rows["analysis_id"].isin(analyses) & (rows["term"] == "treated")]
    naive = rows[rows["variance"].isin(["naive", "robust", "cluster"])]
    first = {"naive": 0, "robust": 1, "cluster": 2}
    naive = naive.assign(rank=naive["variance"].map(first)).sort_values("rank")
    shown = naive.drop_duplicates(["analysis_id", "model_id"])
    shown = shown.assign(
        model=shown["model_id"].map(name_words),
        family=shown["based_on"].fillna(shown["analysis_id"]),
        is_variant=shown["based_on"].notna(),
    ).sort_values(["family", "is_variant", "analysis_id", "model_id"])
    shown["label"] = shown["analysis_id"]
    order = list(dict.fromkeys(shown["label"]))
    kinds = shown["model"].value_counts().index[:3]
    drawn = shown[shown["model"].isin(kinds)]
    drawn = drawn.sort_values("model", ascending=False, kind="stable")
    figures = []
    if drawn["hazard_ratio"].notna().any():
        figures.append(
            forest(
                "side-by-side",
                "Hazard ratio of treated against controls in every analysis: "
                "unadjusted "
                "and adjusted, model variance.",
                drawn,
                order,
                "model",
            )
        )
    summary = results.of("analysis_summary")
    summary = summary[summary["analysis_id"].isin(analyses)]
    summary = summary.assign(
        family=summary["based_on"].fillna(summary["analysis_id"]),
        is_variant=summary["based_on"].notna(),
    ).sort_values(["family", "is_variant", "analysis_id"])
    whole = summary.drop(columns=["family", "is_variant"])
    names = {
        "analysis_id": "Analysis",
        "why": "Why",
        "n_treated_eligible": "Eligible treated",
        "n_control_eligible": "Eligible controls",
        "n_pairs": "Pairs",
        "largest_smd": "Largest SMD",
        "endpoint": "Endpoint",
        "n_events": "Events",
        "hazard_ratio": "HR",
        "ci_low": "95% from",
        "ci_high": "to",
    }
    tables = [
        table_of("analyses", "All analyses, unadjusted hazard ratio.", whole, names),
        table_of(
            "hazard-ratios",
            "The hazard ratio of treatment by analysis, model and variance.",
            rows.sort_values(["analysis_id", "model_id", "variance"]),
            {
                "analysis_id": "Analysis",
                "model_id": "Model",
                "variance": "Variance",
                "endpoint": "Endpoint",
                "hazard_ratio": "HR",
                "ci_low": "95% from",
                "ci_high": "to",
                "n": "Subjects",
                "n_events": "Events",
                "ph_p_value": "PH p",
                "note": "Note",
            },
        ),
    ]
    return Section(
        "side-by-side",
        "All analyses side by side",
        figures,
        tables,
        _agreement(summary),
    )


def _agreement(summary: pd.DataFrame) -> list[Remark]:
    remarks = []
    for family, rows in summary.groupby("family", sort=False):
        known = rows[rows["hazard_ratio"].notna()]
        if len(known) < 2:
            continue
        inside = int(((known["ci_low"] <= 1) & (known["ci_high"] >= 1)).sum())
        remarks.append(
            Remark(
                f"{family}: {len(known)} analyses give hazard ratios of "
                f"{ratio_range(known['hazard_ratio'].astype(float))}; "
                f"{_holding(inside)}. "
                f"They share patients and controls, so that agreement "
                "says that the choice varied matters little, not that the "
                "answer is right."
            )
        )
    return remarks


def _holding(count: int) -> str:
    return {0: "no interval holds 1", 1: "one interval holds 1"}.get(
        count, f"{count} intervals hold 1"
    )


def quality(results: Results) -> Section:
    """Sum up what the gates say and what became of the delivered rows."""
    findings = results.of("gate_findings").copy()
    findings["state"] = [
        "met" if ok else "failed" if severity == "critical" else "warning"
        for ok, severity in zip(
            findings["success"].astype(bool), findings["severity"], strict=True
        )
    ]
    # An example row may name a subject: reasons and advice are shown, the row is not.
    findings["because"] = findings["message"].str.extract(
        r"Why: (.*?)(?: What to do:|$)"
    )
    findings["advice"] = findings["message"].str.extract(r"What to do: (.*)$")
    doubted = findings[findings["state"] != "met"]
    counts = findings.groupby("gate")["state"].agg(
        ["size", lambda s: (s == "met").sum()]
    )
    said = ", ".join(
        f"{gate} {met} of {size}"
        for gate, (size, met) in zip(
            counts.index, counts.itertuples(index=False), strict=True
        )
    )
    files = results.of("file_quality")
    rejections = results.of("rejections")
    names = {
        "gate": "Gate",
        "suite": "Table",
        "expectation": "Expectation",
        "state": "State",
        "unexpected_count": "Rows not so",
        "because": "Why it matters",
        "advice": "What to do",
    }
    tables = [
        table_of(
            "gates",
            "Expectations that are not met; those that are stand in the CSV.",
            doubted,
            names,
            whole=findings.drop(columns="message"),
        ),
        table_of(
            "files",
            "Delivered files: every row is kept, a duplicate or rejected.",
            files,
            {
                "source": "Source",
                "file_name": "File",
                "n_raw": "Rows",
                "n_kept": "Kept",
                "n_duplicate": "Duplicates",
                "n_rejected": "Rejected",
                "n_rejected_values": "Values rejected",
            },
        ),
        table_of(
            "rejections", "Rows and values that were not used, and why.", rejections
        ),
    ]
    return Section(
        "quality",
        "Data quality",
        tables=[table for table in tables if table.rows or table.name == "gates"],
        remarks=[Remark(f"Expectations met: {said}."), *meaning.of_gates(results)],
    )


def ledger(results: Results) -> Section:
    """Set ours beside every published number."""
    rows = results.of("ledger")
    verdicts = rows["verdict"].value_counts()
    said = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
    names = {
        "paper": "Paper",
        "location": "Where",
        "group_name": "Group",
        "quantity": "Quantity",
        "published": "Published",
        "ours": "Ours",
        "verdict": "Verdict",
        "definition": "Definition",
        "note": "Note",
    }
    return Section(
        "ledger",
        "Ours beside the published numbers",
        tables=[
            table_of(
                "ledger",
                f"{len(rows)} published numbers: {said}.",
                rows.sort_values(["paper", "location", "quantity", "group_name"]),
                names,
            ),
            *(
                further_table(results, name, results.of(name), limit=60)
                for name in results.shared
                if not results.of(name).empty
            ),
        ],
        lead=(
            ""
            if is_real(results)
            else "On made-up data no number can agree with a paper except by "
            "chance; the "
            "columns show where a number would stand."
        ),
    )


def provenance(results: Results) -> Section:
    """List what the results rest on."""
    return Section(
        "provenance",
        "Provenance",
        tables=[
            table_of(
                "provenance",
                "Delivered files and protocol by SHA-256, packages by version, "
                "the code "
                "by its commit.",
                results.of("provenance"),
                {"kind": "Kind", "name": "Name", "value": "Value"},
            )
        ],
    )
