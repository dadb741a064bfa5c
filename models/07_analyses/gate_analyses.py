"""One row per expectation of the gate on the analyses."""

from counterarm.gates import gates_folder, run_gate
from counterarm.project import expectations_dir


def model(dbt, session):
    dbt.ref("analyses")
    dbt.ref("analysis_arms")
    dbt.ref("analysis_main_models")
    dbt.ref("analysis_matching")
    dbt.ref("analysis_matching_terms")
    dbt.ref("adsl")
    dbt.ref("covariate_values")
    dbt.ref("subjects")
    dbt.ref("attrition")
    dbt.ref("cohort_endpoints")
    dbt.ref("propensity_scores")
    dbt.ref("pairs")
    dbt.ref("matched_subjects")
    dbt.ref("unmatched_subjects")
    dbt.ref("match_summary")
    dbt.ref("balance")
    dbt.ref("survival_curves")
    dbt.ref("survival_summary")
    dbt.ref("survival_tests")
    dbt.ref("survival_differences")
    dbt.ref("matched_endpoints")
    dbt.ref("group_members")
    dbt.ref("model_plans")
    dbt.ref("cox")
    dbt.ref("proportional_hazards")
    dbt.ref("function_change")
    dbt.ref("function_model")
    dbt.ref("ascertainment")
    dbt.ref("censoring_weights")
    dbt.ref("placebo_null")
    dbt.ref("calibrated")
    dbt.ref("e_values")
    dbt.ref("rosenbaum")
    dbt.ref("bias_adjusted")
    dbt.ref("tipping_points")
    dbt.ref("specifications")
    dbt.ref("order_sensitivity")
    dbt.ref("imputed")
    dbt.ref("win_ratio")
    return run_gate(
        session,
        "analyses",
        suites_dir=expectations_dir(),
        gates_dir=gates_folder(
            dbt.config.meta_get("report_dir"), dbt.config.meta_get("gates_dir")
        ),
        kept=dbt.config.meta_get("gates_kept"),
    )
