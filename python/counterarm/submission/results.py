"""Analysis Results Metadata 1.0 of the main results that a study contributes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import odmlib.arm_1_0.model as define

from counterarm.submission.define import item_oid, words
from counterarm.submission.metadata import Dataset
from counterarm.warehouse.reader import Warehouse, ordered

NEEDED = ("results.analysis_summary", "protocol.analysis_arms", "analysis.cox")
# Protocol tables that document a result, with the columns shown; None for all.
PARAMETERS = {
    "protocol.analysis_matching": ("method", "ratio", "match_order", "score_scale"),
    "protocol.analysis_matching_terms": ("variable", "role", "caliper"),
    "protocol.analysis_eligibility": None,
    "protocol.analysis_follow_up": ("rule", "arms"),
}
RESULT = """\
-- SQL of DuckDB, on the warehouse that the package was written from
-- the result, as the report prints it
select hazard_ratio, ci_low, ci_high, p_value, n, n_events, variance, ties
from analysis.cox
where analysis_id = '{analysis_id}' and model_id = '{model_id}'
    and endpoint = '{endpoint}' and follow_up_rule = '{follow_up_rule}'
    and variance = '{variance}';
-- the rows that it is computed from
select matched.usubjid, matched.arm, matched.weight, ends.days, ends.is_event
from matching.matched_subjects as matched
join cohort.endpoints as ends using (analysis_id, usubjid)
where matched.analysis_id = '{analysis_id}'
    and ends.endpoint = '{endpoint}' and ends.follow_up_rule = '{follow_up_rule}';
"""


@dataclass(frozen=True)
class Display:
    """One result display, and the where clauses that it refers to."""

    element: Any
    where: Mapping[str, Any] = field(default_factory=dict)


def result_displays(
    warehouse: Warehouse, study: str, datasets: Sequence[Dataset]
) -> list[Display]:
    """Return a display for each main analysis that a study takes part in.

    `datasets` are those of ADaM in the package. A result whose endpoint is no PARAMCD
    of ADTTE is left out, as are all where the results were not built.
    """
    (adtte,) = [one for one in datasets if one.name == "ADTTE"] or [None]
    is_built = all(warehouse.has(table) for table in NEEDED)
    if adtte is None or not is_built:
        return []
    parameters = set(adtte.rows["PARAMCD"].unique().to_pylist())
    arms = warehouse.table("protocol.analysis_arms", "analysis_id", "studyid")
    of_study = {analysis for analysis, whose in warehouse.rows(arms) if whose == study}
    summary = warehouse.table("results.analysis_summary").order_by("analysis_id")
    return [
        _display(warehouse, row, study)
        for row in warehouse.records(summary)
        if row["based_on"] is None
        and row["is_delivered"]
        and row["model_id"] is not None
        and row["analysis_id"] in of_study
        and row["endpoint"] in parameters
    ]


def _display(warehouse: Warehouse, row: dict, study: str) -> Display:
    analysis, endpoint = row["analysis_id"], row["endpoint"]
    oid = f"WC.AR.{analysis}"
    where = define.WhereClauseDef(
        OID=oid,
        RangeCheck=[
            define.RangeCheck(
                Comparator="EQ",
                SoftHard="Soft",
                ItemOID=item_oid("ADTTE", "PARAMCD"),
                CheckValue=[define.CheckValue(_content=endpoint)],
            )
        ],
    )
    dataset = define.AnalysisDataset(
        ItemGroupOID="IG.ADTTE",
        WhereClauseRef=define.WhereClauseRef(WhereClauseOID=oid),
    )
    dataset.AnalysisVariable = [
        define.AnalysisVariable(ItemOID=item_oid("ADTTE", name))
        for name in ("AVAL", "CNSR")
    ]
    result = define.AnalysisResult(
        OID=f"AR.{analysis}.{endpoint}",
        ParameterOID=item_oid("ADTTE", "PARAMCD"),
        AnalysisReason="SPECIFIED IN SAP",
        AnalysisPurpose="PRIMARY OUTCOME MEASURE",
        Description=words(
            f"Hazard ratio of treated to control, {endpoint}, Cox model "
            f"{row['model_id']}, follow-up {row['follow_up_rule']}"
        ),
        AnalysisDatasets=define.AnalysisDatasets(AnalysisDataset=[dataset]),
        Documentation=define.Documentation(
            Description=words(documentation(warehouse, row, study))
        ),
        ProgrammingCode=define.ProgrammingCode(
            Code=define.Code(_content=RESULT.format(**row)),
        ),
    )
    display = define.ResultDisplay(
        OID=f"RD.{analysis}",
        Name=analysis,
        Description=words(row["label"]),
        AnalysisResult=[result],
    )
    return Display(display, {oid: where})


def documentation(warehouse: Warehouse, row: dict, study: str) -> str:
    """Return the sources of the arms of a result and its parameters, in words."""
    analysis = row["analysis_id"]
    arms = _of_analysis(warehouse, "protocol.analysis_arms", analysis)
    others = sorted({one["studyid"] for one in arms} - {study})
    sentences = [
        "; ".join(
            f"{one['arm']} arm: {one['studyid']}, ARMCD {one['armcd']}, followed from "
            f"{one['index_rule']}"
            for one in arms
        )
    ]
    if others:
        sentences.append(
            f"Subjects of {', '.join(others)} are in the package of that study"
        )
    for table, columns in PARAMETERS.items():
        sentences += _parameters(warehouse, table, columns, analysis)
    return ". ".join(sentences) + "."


def _parameters(
    warehouse: Warehouse,
    table: str,
    columns: Sequence[str] | None,
    analysis: str,
) -> list[str]:
    """Return the rows of a protocol table as words, null values left out."""
    if not warehouse.has(table):
        return []
    rows = [
        ", ".join(
            f"{key} {value}"
            for key, value in row.items()
            if value is not None and key != "analysis_id" and key in (columns or row)
        )
        for row in _of_analysis(warehouse, table, analysis)
    ]
    return [f"{table.split('.')[1]}: {'; '.join(rows)}"] if rows else []


def _of_analysis(warehouse: Warehouse, table: str, analysis: str) -> list[dict]:
    """Return the rows of a protocol table that are of one analysis, in order."""
    rows = warehouse.table(table)
    return warehouse.records(ordered(rows.filter(rows.analysis_id == analysis)))
