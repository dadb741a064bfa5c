"""The parts of the page that are about all analyses, and about what they rest on."""

from dataclasses import dataclass, replace

import pandas as pd

from counterarm.report import meaning
from counterarm.report.meaning import Remark
from counterarm.report.reading import Results
from counterarm.report.sections import CONF_TYPE, Section
from counterarm.report.survival_figures import forest, ratio_range
from counterarm.report.tables import table_of
from counterarm.report.words import (
    estimate_text,
    is_missing,
    months,
    name_words,
    number,
)


@dataclass(frozen=True)
class Outcome:
    """What came out of an analysis: its estimate, and sentences of who and when."""

    estimate: str
    interval: str
    estimate_of: str
    found: list[str]


@dataclass(frozen=True)
class Brief:
    """A main analysis in a few lines: what was asked, found, and how far to believe."""

    analysis_id: str
    label: str
    asked: str
    outcome: Outcome
    believe: list[str]


def is_real(results: Results) -> bool:
    """Tell whether the delivery is said to be of real patients."""
    rows = results.of("provenance")
    said = rows[(rows["kind"] == "setting") & (rows["name"] == "delivery_is_real")]
    return len(said) == 1 and said["value"].iloc[0] == "true"


def briefs(results: Results, analyses: list[str]) -> list[Brief]:
    """Sum every main analysis up; where none is chosen, the chosen ones."""
    summary = results.of("analysis_summary")
    summary = summary[summary["analysis_id"].isin(analyses)]
    mains = summary[summary["based_on"].isna()]
    chosen = mains if len(mains) else summary
    return [_brief(results, row, analyses) for row in chosen.to_dict("records")]


def outcome(results: Results, analysis_id: str) -> Outcome:
    """Sum up an analysis by its unadjusted hazard ratio of treatment."""
    row = results.of("analysis_summary", analysis_id).iloc[0]
    ratios = results.of("hazard_ratios", analysis_id)
    treated = ratios[
        (ratios["term"] == "treated") & (ratios["model_id"] == "unadjusted")
    ]
    naive = treated[treated["variance"] == "naive"]
    best = (naive if len(naive) else treated).head(1)
    endpoint = best["endpoint"].iloc[0] if len(best) else None
    has_one = len(best) == 1 and not is_missing(best["hazard_ratio"].iloc[0])
    text = estimate_text(best.iloc[0]) if has_one else "no estimate"
    estimate, _, interval = text.partition(" (")
    found = [
        f"{number(row['n_pairs'])} pairs were made of "
        f"{number(row['n_treated_eligible'])} eligible treated and "
        f"{number(row['n_control_eligible'])} eligible controls."
    ]
    arms = _arms(results, analysis_id, endpoint)
    if {"treated", "control"} <= set(arms.index):
        t, c = arms.loc["treated"], arms.loc["control"]
        found.append(
            f"{number(t['n_events'])} of {number(t['n'])} treated and "
            f"{number(c['n_events'])} of {number(c['n'])} controls had an event. {_medians(t['median_days'], c['median_days'])}"
        )
    return Outcome(
        estimate,
        interval.rstrip(")"),
        f"Hazard ratio of treated against controls, {_named(arms, endpoint)}"
        if has_one
        else "",
        found,
    )


def _arms(results: Results, analysis_id: str, endpoint: str | None) -> pd.DataFrame:
    rows = results.of("survival_by_group", analysis_id)
    if rows.empty:
        return pd.DataFrame()
    rows = rows[(rows["conf_type"] == CONF_TYPE) & (rows["endpoint"] == endpoint)]
    return rows.set_index("group_name", drop=False)


def _named(arms: pd.DataFrame, endpoint: str | None) -> str:
    """Name the endpoint in the protocol's words, where the curves carry them."""
    known = arms["endpoint_label"].dropna() if len(arms) else arms
    return str(known.iloc[0]).lower() if len(known) else str(endpoint)


def _medians(treated: object, control: object) -> str:
    if is_missing(treated) and is_missing(control):
        return "Neither curve comes down to one half, so there is no median."
    return f"Median {months(treated)} against {months(control)} months.".replace(
        "not reached months", "not reached"
    )


def _brief(results: Results, row: dict, analyses: list[str]) -> Brief:
    analysis_id = row["analysis_id"]
    came = outcome(results, analysis_id)
    ratios = results.of("hazard_ratios", analysis_id)
    unadjusted = ratios[ratios["model_id"] == "unadjusted"]
    endpoint = unadjusted["endpoint"].iloc[0] if len(unadjusted) else None
    arms = _arms(results, analysis_id, endpoint).reset_index(drop=True)
    cautions = [
        *meaning.on_vital_status(results.of("baseline_by_group", analysis_id)),
        *(meaning.on_follow_up(arms) if len(arms) else []),
        *meaning.on_balance(results.of("covariate_balance", analysis_id)),
        *meaning.on_hazards(unadjusted),
    ]
    believe = [r.short for r in cautions if r.caution and r.short][:4]
    if not believe:
        believe = [
            "No rule of this page calls for caution. Controls who were not randomised "
            "may still differ in what nobody measured."
        ]
    return Brief(
        analysis_id,
        row["label"],
        _asked(results, analysis_id, _named(arms, endpoint)),
        replace(
            came, found=[*came.found, *_sensitivity(results, analysis_id, analyses)]
        ),
        believe,
    )


def _asked(results: Results, analysis_id: str, endpoint: str) -> str:
    """Put the question in one sentence, from the protocol's words."""
    design = results.of("design_in_words", analysis_id)
    arms = design[design["topic"] == "arms"].sort_values("position")["sentence"]
    who = [text.partition(". ")[0].partition(": ")[2] for text in arms]
    if len(who) != 2:
        return " ".join(arms)
    return (
        f"Did the treated of {who[0]} fare better in {endpoint} than comparable patients "
        f"of {who[1]}?"
    )


def _sensitivity(results: Results, analysis_id: str, analyses: list[str]) -> list[str]:
    rows = results.of("analysis_summary")
    rows = rows[rows["analysis_id"].isin(analyses)]
    rows = rows[(rows["based_on"] == analysis_id) & rows["hazard_ratio"].notna()]
    if rows.empty:
        return []
    return [
        f"In {len(rows)} analyses that vary it the hazard ratio is "
        f"{ratio_range(rows['hazard_ratio'].astype(float))}."
    ]


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
                "Hazard ratio of treated against controls in every analysis: unadjusted "
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
                f"{ratio_range(known['hazard_ratio'].astype(float))}; {_holding(inside)}. "
                f"They share patients and controls, so that agreement "
                "says that the choice varied matters little, not that the answer is right."
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
            )
        ],
        lead=(
            ""
            if is_real(results)
            else "On made-up data no number can agree with a paper except by chance; the "
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
                "Delivered files and protocol by SHA-256, packages by version, the code "
                "by its commit.",
                results.of("provenance"),
                {"kind": "Kind", "name": "Name", "value": "Value"},
            )
        ],
    )
