"""One row per delivered main analysis: its verdict and why, in words."""

from counterarm.processes import computed
from counterarm.tables.trust.verdict import verdict_summary


def model(dbt, session):
    return computed(
        verdict_summary,
        {
            "ascertainment": dbt.ref("ascertainment"),
            "delivery_nature": dbt.ref("delivery_nature"),
            "follow_up_estimates": dbt.ref("follow_up_estimates"),
            "verdict": dbt.ref("verdict"),
        },
    )
