-- One row per number of ours that a published number may be held against: which
-- analysis, which estimate, and under which definition.

select * from {{ ref('cohort_estimates') }}

union all

select * from {{ ref('survival_estimates') }}

union all

select * from {{ ref('response_estimates') }}

union all

select * from {{ ref('safety_estimates') }}
