"""One row per analysis, model, cause, method, variance and term: hazard ratios."""

from counterarm.processes import computed
from counterarm.tables.subdistribution import subdistribution


def model(dbt, session):
    asked = dbt.ref("analysis_endpoints").filter("role = 'competing'")
    return computed(
        subdistribution,
        dbt.ref("model_design").join(asked, "analysis_id", how="semi"),
        models=dbt.ref("model_plans"),
        endpoints=dbt.ref("analysis_endpoints"),
        sources=dbt.ref("endpoint_sources"),
    )
