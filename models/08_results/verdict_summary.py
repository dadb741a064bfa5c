"""One row per delivered main analysis: its verdict and why, in words."""

from counterarm.tables.trust.verdict import verdict_summary


def model(dbt, session):
    return verdict_summary(
        {
            "ascertainment": dbt.ref("ascertainment").df(),
            "delivery_nature": dbt.ref("delivery_nature").df(),
            "follow_up_estimates": dbt.ref("follow_up_estimates").df(),
            "verdict": dbt.ref("verdict").df(),
        }
    )
