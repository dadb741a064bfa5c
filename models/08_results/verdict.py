"""One row per delivered main analysis and challenge to it, the gravest first."""

from counterarm.tables.trust.verdict import verdict_table


def model(dbt, session):
    return verdict_table(
        {
            "ascertainment": dbt.ref("ascertainment").df(),
            "bias_adjusted": dbt.ref("bias_adjusted").df(),
            "calibrated": dbt.ref("calibrated").df(),
            "covariate_strength": dbt.ref("covariate_strength").df(),
            "cox": dbt.ref("cox").df(),
            "e_values": dbt.ref("e_values").df(),
            "follow_up_estimates": dbt.ref("follow_up_estimates").df(),
            "imputed": dbt.ref("imputed").df(),
            "order_sensitivity": dbt.ref("order_sensitivity").df(),
            "placebo_null": dbt.ref("placebo_null").df(),
            "proportional_hazards": dbt.ref("proportional_hazards").df(),
            "rosenbaum": dbt.ref("rosenbaum").df(),
            "specification_summary": dbt.ref("specification_summary").df(),
            "time_contrasts": dbt.ref("time_contrasts").df(),
            "tipping_points": dbt.ref("tipping_points").df(),
        }
    )
