"""One row per expectation of the gate on the standard tables."""

from counterarm.gates import gates_folder, run_gate
from counterarm.project import expectations_dir


def model(dbt, session):
    dbt.ref("value_bounds")
    dbt.ref("site_roles")
    dbt.ref("dm")
    dbt.ref("suppdm")
    dbt.ref("ds")
    dbt.ref("pr")
    dbt.ref("ex")
    dbt.ref("mh")
    dbt.ref("suppmh")
    dbt.ref("cm")
    dbt.ref("qs")
    dbt.ref("re")
    dbt.ref("vs")
    dbt.ref("ae")
    dbt.ref("lb")
    dbt.ref("mk")
    dbt.ref("suppmk")
    dbt.ref("apmh")
    dbt.ref("alsfrs_visits")
    dbt.ref("adsl")
    dbt.ref("adqs")
    dbt.ref("adlb")
    dbt.ref("adre")
    dbt.ref("advs")
    dbt.ref("adtte")
    dbt.ref("adtte_accounting")
    dbt.ref("adae")
    dbt.ref("event_days")
    dbt.ref("flags")
    return run_gate(
        session,
        "standard",
        suites_dir=expectations_dir(),
        gates_dir=gates_folder(
            dbt.config.meta_get("report_dir"), dbt.config.meta_get("gates_dir")
        ),
        kept=dbt.config.meta_get("gates_kept"),
    )
