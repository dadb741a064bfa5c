"""One row per analysis, model, cause, method, variance and term: hazard ratios."""

from counterarm.tables.subdistribution import subdistribution


def model(dbt, session):
    return subdistribution(
        dbt.ref("model_design").df(),
        models=dbt.ref("model_plans").df(),
        endpoints=dbt.ref("analysis_endpoints").df(),
        sources=dbt.ref("endpoint_sources").df(),
    )
