"""One row per main analysis and measure of function with survival: what it says."""

from counterarm.tables.trust.function_verdict import function_verdict_table


def model(dbt, session):
    return function_verdict_table(
        {
            "ascertainment": dbt.ref("ascertainment").df(),
            "follow_up_estimates": dbt.ref("follow_up_estimates").df(),
            "joint_rank": dbt.ref("joint_rank").df(),
            "mmrm": dbt.ref("mmrm").df(),
            "win_ratio": dbt.ref("win_ratio").df(),
        }
    )
