-- One row per number of ours about cohorts, pairs and baseline that a published
-- number may be held against, under one name.

-- depends_on: {{ ref('gate_analyses') }}

with

attrition as (

    select
        analysis_id,
        'attrition/' || arm || '/' || criterion || '/n_after' as estimate,
        cast(n_after as double) as value,
        'subjects left after the step ' || criterion as definition

    from {{ ref('attrition') }}

),

candidates as (

    select
        analysis_id,
        'candidates/' || arm || '/dose_group=' || dose_group || '/n' as estimate,
        cast(count(*) as double) as value,
        'subjects of dose group ' || dose_group || ', before eligibility' as definition

    from {{ ref('subjects') }}
    where dose_group is not null
    group by analysis_id, arm, dose_group

),

pairs as (

    select
        analysis_id,
        'pairs/n' as estimate,
        cast(count(*) as double) as value,
        'matched pairs' as definition

    from {{ ref('pairs') }}
    group by analysis_id

),

baseline as (

    select
        analysis_id,
        'baseline/' || sample || '/' || group_name || '/'
        || variable || coalesce('=' || level, '') || '/' || statistic as estimate,
        value,
        statistic || ' of ' || variable || coalesce(' ' || level, '')
        || ', ' || sample as definition

    from {{ ref('baseline_table') }}

),

baseline_p_values as (

    select
        analysis_id,
        'baseline/' || sample || '/'
        || case
            when comparison <> 'treated vs control' then comparison || '/' else ''
        end
        || variable || '/' || test || '/p' as estimate,
        p_value as value,
        test || ' of ' || comparison || ', ' || sample as definition

    from {{ ref('baseline_tests') }}

),

largest_difference as (

    select
        analysis_id,
        'balance/' || sample || '/largest_smd' as estimate,
        max(abs(smd)) as value,
        'largest absolute standardized difference of any matching variable, '
        || sample as definition

    from {{ ref('balance') }}
    group by analysis_id, sample

),

cut_points as (

    select
        analysis_id,
        'protocol/' || model_id || '/' || term as estimate,
        try_cast(value as double) as value,
        'cut of the protocol: ' || variable || ' ' || operator || ' ' || value
            as definition

    from {{ ref('analysis_model_terms') }}
    where operator in ('<', '<=', '>', '>=')

),

all_estimates as (

    select * from attrition
    union all
    select * from candidates
    union all
    select * from pairs
    union all
    select * from baseline
    union all
    select * from baseline_p_values
    union all
    select * from largest_difference
    union all
    select * from cut_points

)

select
    analysis_id,
    estimate,
    value,
    cast(null as varchar) as null_means,
    definition

from all_estimates
