"""One row per analysis, linear regression and term: the monthly loss on treatment."""

from counterarm.processes import computed
from counterarm.tables.function_decline import function_regression


def model(dbt, session):
    return computed(
        function_regression, dbt.ref("regression_design"), dbt.ref("function_decline")
    )
