"""One row per analysis, linear regression and term: the monthly loss on treatment."""

from counterarm.tables.function_decline import function_regression


def model(dbt, session):
    return function_regression(
        dbt.ref("regression_design").df(), dbt.ref("function_decline").df()
    )
