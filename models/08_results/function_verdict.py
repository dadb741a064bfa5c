"""One row per main analysis and measure of function with survival: what it says."""

from counterarm.processes import computed
from counterarm.tables.trust.function_verdict import function_verdict_table


def model(dbt, session):
    return computed(
        function_verdict_table,
        {
            "ascertainment": dbt.ref("ascertainment"),
            "follow_up_estimates": dbt.ref("follow_up_estimates"),
            "joint_rank": dbt.ref("joint_rank"),
            "mmrm": dbt.ref("mmrm"),
            "win_ratio": dbt.ref("win_ratio"),
        },
    )
