select
    gate,
    suite,
    expectation,
    column_name,
    severity,
    success,
    observed,
    unexpected_count,
    message

from {{ ref('gate_results') }}
