"""One row per expectation of the gate on the delivery."""

from counterarm.gates import gates_folder, run_gate
from counterarm.project import expectations_dir


def model(dbt, session):
    dbt.ref("arms")
    dbt.ref("raw_tables")
    dbt.ref("site_roles")
    dbt.ref("raw_terms")
    dbt.ref("value_bounds")
    dbt.ref("delivered_files")
    dbt.ref("row_accounting")
    dbt.ref("quarantined_findings")
    dbt.ref("impossible_values")
    dbt.ref("rejected_rows")
    dbt.ref("rejected_values")
    dbt.ref("unmapped_terms")
    dbt.ref("unmapped_site_values")
    dbt.ref("file_accounting")
    dbt.ref("manifest_differences")
    dbt.ref("delivery_changes")
    dbt.ref("subject_numbers")
    dbt.ref("doubtful_numbers")
    dbt.ref("rows_in_conflict")
    dbt.ref("same_persons")
    dbt.ref("doubtful_assessments")
    dbt.ref("stg_proact__adverseevents")
    dbt.ref("stg_proact__alsfrs")
    dbt.ref("stg_proact__alshistory")
    dbt.ref("stg_proact__conmeds")
    dbt.ref("stg_proact__deathdata")
    dbt.ref("stg_proact__demographics")
    dbt.ref("stg_proact__elescorial")
    dbt.ref("stg_proact__familyhistory")
    dbt.ref("stg_proact__fvc")
    dbt.ref("stg_proact__handgripstrength")
    dbt.ref("stg_proact__labs")
    dbt.ref("stg_proact__musclestrength")
    dbt.ref("stg_proact__neurofilament")
    dbt.ref("stg_proact__riluzole")
    dbt.ref("stg_proact__svc")
    dbt.ref("stg_proact__treatment")
    dbt.ref("stg_proact__vitalsigns")
    dbt.ref("stg_site__adverse_events")
    dbt.ref("stg_site__doses")
    dbt.ref("stg_site__events")
    dbt.ref("stg_site__medications")
    dbt.ref("stg_site__subjects")
    dbt.ref("stg_site__visits")
    return run_gate(
        session,
        "delivery",
        suites_dir=expectations_dir(),
        gates_dir=gates_folder(
            dbt.config.meta_get("report_dir"), dbt.config.meta_get("gates_dir")
        ),
        kept=dbt.config.meta_get("gates_kept"),
    )
