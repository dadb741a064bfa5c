"""One row per delivered main analysis and challenge to it, the gravest first."""

from counterarm.processes import computed
from counterarm.tables.trust.verdict import verdict_table


def model(dbt, session):
    return computed(
        verdict_table,
        {
            "ascertainment": dbt.ref("ascertainment"),
            "bias_adjusted": dbt.ref("bias_adjusted"),
            "calibrated": dbt.ref("calibrated"),
            "covariate_strength": dbt.ref("covariate_strength"),
            "cox": dbt.ref("cox"),
            "e_values": dbt.ref("e_values"),
            "follow_up_estimates": dbt.ref("follow_up_estimates"),
            "imputed": dbt.ref("imputed"),
            "order_sensitivity": dbt.ref("order_sensitivity"),
            "placebo_null": dbt.ref("placebo_null"),
            "proportional_hazards": dbt.ref("proportional_hazards"),
            "rosenbaum": dbt.ref("rosenbaum"),
            "specification_summary": dbt.ref("specification_summary"),
            "time_contrasts": dbt.ref("time_contrasts"),
            "tipping_points": dbt.ref("tipping_points"),
        },
    )
