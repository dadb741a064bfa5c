-- One row per number of ours that a published number may be held against: which
-- analysis, which estimate, and under which definition.

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
        statistic || ' of ' || variable || ', ' || sample as definition

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

summaries as (

    select
        analysis_id,
        endpoint || '/' || group_name || '/' || measure as estimate,
        value,
        case measure
            when 'rmst_days'
            then 'RMST to day ' || cast(tau as varchar) || ', ' || tau_rule
            else 'Kaplan-Meier, interval ' || conf_type
        end as definition

    from (
        select
            analysis_id,
            endpoint,
            group_name,
            conf_type,
            tau,
            tau_rule,
            unnest(['n', 'n_events', 'median_days', 'rmst_days']) as measure,
            unnest(
                [
                    cast(n as double),
                    cast(n_events as double),
                    median_days,
                    rmst_days
                ]
            ) as value
        from {{ ref('survival_summary') }}
        where conf_type = 'log'
    )

),

tests as (

    select
        analysis_id,
        endpoint || '/' || comparison || '/' || test || '/p' as estimate,
        p_value as value,
        definition

    from {{ ref('survival_tests') }}

),

hazard_ratios as (

    select
        analysis_id,
        model_id || '/' || variance || '/' || term || '/' || measure as estimate,
        value,
        'Cox, ' || ties || ' ties, ' || variance || ' variance, ' || estimand
            as definition

    from (
        select
            analysis_id,
            model_id,
            variance,
            term,
            ties,
            estimand,
            unnest(['hazard_ratio', 'ci_low', 'ci_high', 'p']) as measure,
            unnest([hazard_ratio, ci_low, ci_high, p_value]) as value
        from {{ ref('cox') }}
    )

),

responses as (

    select
        analysis_id,
        'response/' || subgroup || '/' || measure as estimate,
        value,
        definition

    from (
        select
            analysis_id,
            subgroup,
            definition,
            unnest(
                [
                    'n_decreased',
                    'n_no_change',
                    'n_increased',
                    'pct_decreased',
                    'pct_no_change',
                    'pct_increased',
                    'ratio'
                ]
            ) as measure,
            unnest(
                [
                    cast(n_decreased as double),
                    cast(n_no_change as double),
                    cast(n_increased as double),
                    pct_decreased,
                    pct_no_change,
                    pct_increased,
                    ratio
                ]
            ) as value
        from {{ ref('response_table') }}
    )

),

early_responses as (

    select
        analysis_id,
        'early_response/' || cast(difference as varchar) || '/pct_failure' as estimate,
        100 * failure_probability as value,
        'logistic regression of failure on the early difference' as definition

    from {{ ref('early_response') }}
    where difference is not null

),

all_estimates as (

    select * from attrition
    union all
    select * from pairs
    union all
    select * from baseline
    union all
    select * from baseline_p_values
    union all
    select * from summaries
    union all
    select * from tests
    union all
    select * from hazard_ratios
    union all
    select * from responses
    union all
    select * from early_responses

)

select
    analysis_id,
    estimate,
    value,
    definition

from all_estimates
