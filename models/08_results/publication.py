"""One row: whether this build was put at the place that readers open, and why not."""

from pathlib import Path

from counterarm.publish import publish_if_full


def model(dbt, session):
    dbt.ref("ledger")
    dbt.ref("gate_results")
    dbt.ref("attrition_flow")
    dbt.ref("baseline_by_group")
    dbt.ref("covariate_balance")
    dbt.ref("score_overlap")
    dbt.ref("survival_by_group")
    dbt.ref("survival_comparisons")
    dbt.ref("hazard_ratios")
    dbt.ref("function_by_quarter")
    dbt.ref("response_differences")
    dbt.ref("response_by_subgroup")
    dbt.ref("early_response_fit")
    dbt.ref("adverse_event_rates")
    dbt.ref("file_quality")
    dbt.ref("rejections")
    dbt.ref("gate_findings")
    dbt.ref("design_in_words")
    dbt.ref("analysis_summary")
    dbt.ref("provenance")
    dbt.ref("rejected_values")
    dbt.ref("rejected_rows")
    dbt.ref("unmapped_terms")
    dbt.ref("flags")
    dbt.ref("candidate_pairs")
    dbt.ref("adqs")
    dbt.ref("adlb")
    dbt.ref("adre")
    dbt.ref("advs")
    dbt.ref("adtte")
    dbt.ref("adtte_accounting")
    dbt.ref("adverse_events")
    return publish_if_full(
        session,
        target=Path(dbt.config.meta_get("warehouse")),
        scope=dbt.source("build", "build_scope").df(),
    )
