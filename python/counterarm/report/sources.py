"""Which table of the warehouse a figure or table of the page shows, and how to ask."""

# By the names of figures and tables; of others the beginning of the name.
_TABLES = {
    "analyses": "results.analysis_summary",
    "attrition": "results.attrition_flow",
    "balance": "results.covariate_balance",
    "baseline": "results.baseline_by_group",
    "bias-plot": "analysis.covariate_strength",
    "borrowing": "analysis.borrowed_estimates",
    "sources": "results.source_flow",
    "brief": "results.survival_steps",
    "calibrated": "analysis.calibrated",
    "cox": "results.hazard_ratios",
    "cumulative-incidence": "analysis.cumulative_incidence",
    "cumulative-incidence-tests": "analysis.cumulative_incidence_tests",
    "e-values": "analysis.e_values",
    "early-response": "results.early_response_fit",
    "extrapolation": "analysis.extrapolation",
    "files": "results.file_quality",
    "flow": "results.attrition_flow",
    "follow-up-rules": "results.follow_up_estimates",
    "function": "results.function_by_quarter",
    "function-change": "analysis.function_change",
    "function-decline": "analysis.function_decline_tests",
    "function-model": "analysis.function_model",
    "function-slopes": "analysis.function_slope_groups",
    "function-verdict": "results.function_verdict",
    "gates": "results.gate_findings",
    "hazard-ratios": "results.hazard_ratios",
    "extrapolation-differences": "analysis.extrapolation_differences",
    "interactions": "analysis.subgroup_interactions",
    "ledger": "results.ledger",
    "match-summary": "matching.match_summary",
    "mmrm": "analysis.mmrm",
    "observed-over-expected": "analysis.ascertainment",
    "pair-differences": "analysis.pair_difference_table",
    "power": "analysis.power",
    "print-checks": "results.print_checks",
    "provenance": "results.provenance",
    "rejections": "results.rejections",
    "reporting-record": "results.reporting_record",
    "response": "results.response_by_subgroup",
    "response-course": "analysis.response_course",
    "response-discriminant": "analysis.response_discriminant",
    "response-logistic": "analysis.response_logistic",
    "response-persistence": "analysis.response_persistence",
    "response-waterfall": "results.response_differences",
    "safety-summary": "analysis.safety_summary",
    "safety-table": "analysis.safety_table",
    "score-overlap": "results.score_overlap",
    "specification-curve": "analysis.specifications",
    "subgroup-matches": "analysis.subgroup_matches",
    "subdistribution": "analysis.subdistribution",
    "subgroups": "results.hazard_ratios",
    "survival": "results.survival_by_group",
    "survival-differences": "analysis.survival_differences",
    "survival-groups": "results.survival_by_group",
    "survival-tests": "results.survival_comparisons",
    "time-contrasts": "analysis.time_contrasts",
    "tipping-points": "analysis.tipping_points",
    "verdict": "results.verdict",
}
_BEGINNINGS = {
    "extrapolation-": "analysis.extrapolation_curves",
    "incidence-": "analysis.cumulative_incidence",
    "safety-": "analysis.safety_summary",
    "side-by-side-": "results.analysis_summary",
    "survival-": "results.survival_steps",
}


def source_of(name: str, schemas: dict[str, str]) -> str:
    """Return the table, with its schema, that a figure or table of the page shows.

    `schemas` has the schema of each further table by the table's name. Empty where the
    page does not know.
    """
    if name in _TABLES:
        return _TABLES[name]
    table = name.replace("-", "_")
    if table in schemas:
        return f"{schemas[table]}.{table}"
    found = [of for start, of in _BEGINNINGS.items() if name.startswith(start)]
    return found[0] if found else ""


def query_of(table: str, analysis_id: str | None) -> str:
    """Return the command that prints the rows of a table, of one analysis if named."""
    only = "" if analysis_id is None else f" where analysis_id = '{analysis_id}'"
    return f'counterarm query "from {table}{only}"'
