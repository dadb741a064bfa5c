select
    analysis_id,
    estimate,
    value,
    null_means,
    definition

from {{ ref('cohort_estimates') }}

union all

select
    analysis_id,
    estimate,
    value,
    null_means,
    definition

from {{ ref('survival_estimates') }}

union all

select
    analysis_id,
    estimate,
    value,
    null_means,
    definition

from {{ ref('response_estimates') }}

union all

select
    analysis_id,
    estimate,
    value,
    null_means,
    definition

from {{ ref('safety_estimates') }}

union all

select
    analysis_id,
    estimate,
    value,
    null_means,
    definition

from {{ ref('function_estimates') }}
