"""One row per delivered main analysis: its verdict and why, in words."""

from counterarm.tables.trust.verdict import verdict_summary


def model(dbt, session):
    return verdict_summary(
        {
            "analysis_follow_up": dbt.ref("analysis_follow_up").df(),
            "analysis_model_terms": dbt.ref("analysis_model_terms").df(),
            "analysis_models": dbt.ref("analysis_models").df(),
            "analysis_summary": dbt.ref("analysis_summary").df(),
            "ascertainment": dbt.ref("ascertainment").df(),
            "bias_adjusted": dbt.ref("bias_adjusted").df(),
            "calibrated": dbt.ref("calibrated").df(),
            "covariate_strength": dbt.ref("covariate_strength").df(),
            "cox": dbt.ref("cox").df(),
            "delivery_nature": dbt.ref("delivery_nature").df(),
            "e_values": dbt.ref("e_values").df(),
            "imputed": dbt.ref("imputed").df(),
            "model_plans": dbt.ref("model_plans").df(),
            "order_sensitivity": dbt.ref("order_sensitivity").df(),
            "placebo_null": dbt.ref("placebo_null").df(),
            "proportional_hazards": dbt.ref("proportional_hazards").df(),
            "pseudo_trials": dbt.ref("pseudo_trials").df(),
            "rosenbaum": dbt.ref("rosenbaum").df(),
            "specification_summary": dbt.ref("specification_summary").df(),
            "time_contrasts": dbt.ref("time_contrasts").df(),
            "tipping_points": dbt.ref("tipping_points").df(),
        }
    )
