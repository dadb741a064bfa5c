-- A month is 365/12 days.

-- depends_on: {{ ref('gate_analyses') }}

with

summaries as (

    select
        analysis_id,
        endpoint || '/' || group_name || '/' || measure as estimate,
        value,
        case
            when n > 0 and measure like 'median%' then 'not reached'
        end as null_means,
        case
            when measure like 'rmst%'
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
            n,
            unnest(
                [
                    'n',
                    'n_events',
                    'median_days',
                    'median_ci_low_months',
                    'median_ci_high_months',
                    'rmst_days',
                    'rmst_se_months'
                ]
            ) as measure,
            unnest(
                [
                    cast(n as double),
                    cast(n_events as double),
                    median_days,
                    median_ci_low * 12 / 365.0::double,
                    median_ci_high * 12 / 365.0::double,
                    rmst_days,
                    rmst_se * 12 / 365.0::double
                ]
            ) as value
        from {{ ref('survival_summary') }}
        where conf_type = 'log'
    )

),

-- Of all candidates, eligible or not: the papers count safety in all dosed subjects.
deaths_within_a_year as (

    select
        endpoints.analysis_id,
        endpoints.endpoint || '/candidates/' || subjects.arm || '/n_events_to_day_365'
            as estimate,
        cast(
            count(*) filter (where endpoints.is_event and endpoints.days <= 365)
            as double
        ) as value,
        cast(null as varchar) as null_means,
        'events up to 365 days after index, before eligibility' as definition

    from {{ ref('cohort_endpoints') }} as endpoints
    inner join {{ ref('subjects') }} as subjects
        on endpoints.analysis_id = subjects.analysis_id
        and endpoints.usubjid = subjects.usubjid
    group by endpoints.analysis_id, endpoints.endpoint, subjects.arm

),

tests as (

    select
        analysis_id,
        endpoint || '/' || comparison || '/' || test || '/p' as estimate,
        p_value as value,
        cast(null as varchar) as null_means,
        definition

    from {{ ref('survival_tests') }}

),

hazard_ratios as (

    select
        analysis_id,
        model_id || '/' || variance || '/' || term || '/' || measure as estimate,
        value,
        cast(null as varchar) as null_means,
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
            unnest(
                ['hazard_ratio', 'ci_low', 'ci_high', 'p', 'percent_less_risk']
            ) as measure,
            unnest(
                [
                    hazard_ratio,
                    ci_low,
                    ci_high,
                    p_value,
                    100 * (1 - hazard_ratio)
                ]
            ) as value
        from {{ ref('cox') }}
    )

),

powers as (

    select
        analysis_id,
        'power/' || question || '/' || method as estimate,
        100 * power as value,
        cast(null as varchar) as null_means,
        definition || coalesce('; ' || note, '') as definition

    from {{ ref('power') }}

),

all_estimates as (

    select * from summaries
    union all
    select * from deaths_within_a_year
    union all
    select * from tests
    union all
    select * from hazard_ratios
    union all
    select * from powers

)

select
    analysis_id,
    estimate,
    value,
    null_means,
    definition

from all_estimates
