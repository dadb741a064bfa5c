"""The parts of the page about all analyses, data quality and provenance."""

import pandas as pd

from counterarm.report.figures.figure import Figure
from counterarm.report.figures.forest import forest
from counterarm.report.reading import Results
from counterarm.report.remarks.gates import of_gates
from counterarm.report.remarks.remark import Remark
from counterarm.report.sections.section import Section
from counterarm.report.tables import Table, table_of
from counterarm.report.variants import is_common, is_within_subgroup
from counterarm.report.words import (
    method_words,
    name_words,
    number,
    ratio,
    variance_words,
)

_REJECTIONS = {
    "source": "Source",
    "table_name": "Table",
    "column_name": "Column",
    "what": "What",
    "reason": "Reason",
    "n": "Number",
}


def is_real(results: Results) -> bool:
    """Tell whether the delivery may be of real patients, as `disclosure` does."""
    rows = results.of("provenance")
    setting = rows[(rows["kind"] == "setting") & (rows["name"] == "delivery_is_real")]
    return len(setting) != 1 or setting["value"].iloc[0] != "false"


def side_by_side(results: Results, analyses: list[str]) -> Section:
    """Compare the main estimate of all analyses, those of one paper together."""
    rows = results.of("analysis_summary")
    rows = rows[rows["analysis_id"].isin(analyses)]
    rows = rows.assign(
        family=rows["based_on"].fillna(rows["analysis_id"]),
        is_variant=rows["based_on"].notna(),
    )
    figures = [
        _family_forest(family, of)
        for family, of in rows.groupby("family", sort=False)
        if of["hazard_ratio"].notna().any()
    ]
    tables = [
        table_of(
            "analyses",
            "All analyses: unadjusted hazard ratio of treated vs controls.",
            rows.assign(method=rows["method"].map(method_words)),
            {
                "analysis_id": "Analysis",
                "method": "Method",
                "hazard_ratio": "HR",
                "ci_low": "95% CI",
                "ci_high": "95% CI",
                "endpoint": "Endpoint",
                "n_events": "Events",
                "variance": "Variance",
                "n_treated_used": "Treated used",
                "n_control_used": "Controls used",
                "control_effective_size": "Effective controls",
                "largest_smd": "Largest SMD",
                "why": "Reason",
            },
            whole=rows.drop(columns=["family", "is_variant"]),
        ),
        _every_ratio(results, analyses),
    ]
    return Section(
        "side-by-side",
        "All analyses side by side",
        figures,
        tables,
        _agreement(rows),
    )


def _family_forest(family: str, rows: pd.DataFrame) -> Figure:
    """Draw the main estimates of the analyses of one paper."""
    rows = rows.assign(
        label=[_short(name, family) for name in rows["analysis_id"]],
        kind=rows["variance"].map(variance_words, na_action="ignore"),
        aside=[
            f"{method_words(r.method).lower()}, {number(r.n_treated_used)} vs "
            f"{number(r.control_effective_size, 0)}"
            for r in rows.itertuples()
        ],
    )
    return forest(
        f"side-by-side-{family.replace('_', '-')}",
        f"{name_words(family)}: unadjusted hazard ratio, treated vs controls, in each "
        "analysis, all follow-up. Beside it the method, the number of treated and the "
        "effective sample size of the controls.",
        rows,
        list(rows["label"]),
        "kind",
        "aside",
    )


def _short(analysis_id: str, family: str) -> str:
    if analysis_id == family:
        return "Main analysis"
    return name_words(analysis_id.removeprefix(f"{family}_"))


def _every_ratio(results: Results, analyses: list[str]) -> Table:
    rows = results.of("hazard_ratios")
    rows = rows[rows["analysis_id"].isin(analyses) & (rows["term"] == "treated")]
    is_shown = ~is_within_subgroup(rows["model_id"]) & ~is_common(rows["model_id"])
    return table_of(
        "hazard-ratios",
        "Hazard ratio of treatment by analysis, model and variance; subgroups and the "
        "common horizon are in the file.",
        rows[is_shown].sort_values(["analysis_id", "model_id", "variance"]),
        {
            "analysis_id": "Analysis",
            "model_id": "Model",
            "variance": "Variance",
            "endpoint": "Endpoint",
            "hazard_ratio": "HR",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
            "n": "Subjects",
            "n_events": "Events",
            "ph_p_value": "PH p",
            "note": "Note",
        },
        whole=rows,
    )


def _agreement(rows: pd.DataFrame) -> list[Remark]:
    """Say how far the analyses of each paper are apart: the spread is the finding."""
    remarks = []
    for family, of in rows.groupby("family", sort=False):
        known = of[of["hazard_ratio"].notna()]
        if len(known) < 2:
            continue
        ratios = known.set_index("analysis_id")["hazard_ratio"].astype(float)
        low, high = ratios.idxmin(), ratios.idxmax()
        main = known[~known["is_variant"]].head(1)
        outside = (
            known[
                (known["hazard_ratio"] < main["ci_low"].iloc[0])
                | (known["hazard_ratio"] > main["ci_high"].iloc[0])
            ]["analysis_id"].tolist()
            if len(main)
            else []
        )
        apart = (
            ""
            if main.empty
            else " No other is outside the interval of the main analysis."
            if not outside
            else f" Outside the interval of the main analysis: "
            f"{', '.join(_short(name, family) for name in outside)}."
        )
        inside = int(((known["ci_low"] <= 1) & (known["ci_high"] >= 1)).sum())
        remarks.append(
            Remark(
                f"{name_words(family)}: {len(known)} analyses give hazard ratios "
                f"from {ratio(ratios[low])} ({_short(low, family)}) to "
                f"{ratio(ratios[high])} ({_short(high, family)}), a factor of "
                f"{ratios[high] / ratios[low]:.1f}; {_holding(inside)}.{apart} They "
                "share patients and controls: agreement shows that the choice varied "
                "matters little, not that the estimate is unbiased.",
                caution=bool(outside),
            )
        )
    return remarks


def _holding(count: int) -> str:
    return {0: "no interval includes 1", 1: "one interval includes 1"}.get(
        count, f"{count} intervals include 1"
    )


def quality(results: Results) -> Section:
    """Sum up the quality gates, and what became of the delivered rows."""
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
    files = results.of("file_quality")
    rejections = results.of("rejections")
    names = {
        "expectation": "Expectation",
        "suite": "Table",
        "state": "State",
        "unexpected_count": "Rows that fail",
        "because": "Why it matters",
        "advice": "What to do",
    }
    tables = [
        table_of(
            "gates",
            "Expectations that failed; those that passed are in the CSV.",
            doubted,
            names,
            whole=findings.drop(columns="message"),
            verbatim=True,
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
            verbatim=True,
        ),
        table_of(
            "rejections",
            "Rows and values that were not used, and why.",
            rejections,
            _REJECTIONS,
            verbatim=True,
        ),
    ]
    return Section(
        "quality",
        "Data quality",
        tables=[table for table in tables if table.rows or table.name == "gates"],
        remarks=of_gates(results),
    )


def provenance(results: Results) -> Section:
    """List the inputs and software behind the results."""
    return Section(
        "provenance",
        "Provenance",
        tables=[
            table_of(
                "provenance",
                "Delivered files and protocol by SHA-256, packages by version, code "
                "by commit.",
                results.of("provenance"),
                {"kind": "Kind", "name": "Name", "value": "Value"},
                verbatim=True,
            )
        ],
    )
