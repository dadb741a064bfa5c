-- One row per gate and expectation of the build: quality.gate_results for readers of
-- results.

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
