"""One row: whether this build was put at the place that readers open, and why not."""

from pathlib import Path

from counterarm.publish import publish_if_full


def model(dbt, session):
    dbt.ref("ledger")
    dbt.ref("gate_results")
    dbt.ref("analysis_summary")
    dbt.ref("provenance")
    dbt.ref("rejected_values")
    dbt.ref("rejected_rows")
    dbt.ref("unmapped_terms")
    dbt.ref("flags")
    dbt.ref("candidate_pairs")
    dbt.ref("match_summary")
    # tables and seeds that only tests, people and the command line read
    dbt.ref("suppae")
    dbt.ref("suppqs")
    dbt.ref("ta")
    dbt.ref("te")
    dbt.ref("ti")
    dbt.ref("ts")
    dbt.ref("heading_words")
    dbt.ref("sdtm_variables")
    dbt.ref("trial_arms")
    dbt.ref("trial_criteria")
    dbt.ref("trial_elements")
    dbt.ref("trial_parameters")
    dbt.ref("adqs")
    dbt.ref("adlb")
    dbt.ref("adre")
    dbt.ref("advs")
    dbt.ref("adtte")
    dbt.ref("adtte_accounting")
    dbt.ref("adverse_events")
    dbt.ref("time_contrasts")
    dbt.ref("safety_summary")
    dbt.ref("safety_table")
    dbt.ref("safety_exclusions")
    dbt.ref("pair_difference_table")
    dbt.ref("associations")
    dbt.ref("association_counts")
    dbt.ref("power")
    dbt.ref("group_counts")
    dbt.ref("resolved_thresholds")
    dbt.ref("function_change")
    dbt.ref("function_change_tests")
    dbt.ref("function_slope_groups")
    dbt.ref("function_slope_tests")
    dbt.ref("function_model")
    dbt.ref("function_decline_tests")
    dbt.ref("function_regression")
    dbt.ref("response_course")
    dbt.ref("response_discriminant")
    dbt.ref("response_discriminant_functions")
    dbt.ref("response_persistence")
    dbt.ref("response_logistic")
    dbt.ref("response_rules")
    return publish_if_full(
        session,
        target=Path(dbt.config.meta_get("warehouse")),
        scope=dbt.source("build", "build_scope").df(),
    )
