"""One row per analysis, model, cause, method, variance and term: hazard ratios."""

from counterarm.tables.subdistribution import subdistribution


def model(dbt, session):
    asked = dbt.ref("analysis_endpoints").filter("role = 'competing'")
    return subdistribution(
        dbt.ref("model_design").join(asked, "analysis_id", how="semi").df(),
        models=dbt.ref("model_plans").df(),
        endpoints=dbt.ref("analysis_endpoints").df(),
        sources=dbt.ref("endpoint_sources").df(),
    )
