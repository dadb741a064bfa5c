-- Every subject leaves the curve on one of its days, so that the numbers at risk times
-- the days between them add up to the person-years under observation. With delayed
-- entry they do not: the days from entry are then added up subject by subject.

-- depends_on: {{ ref('gate_analyses') }}

with

intervals as (

    select
        *,
        day - lag(day, 1, 0) over (
            partition by analysis_id, endpoint, group_name, conf_type
            order by day
        ) as n_days

    from {{ ref('survival_steps') }}

),

members as (

    -- a group in several sets has the same members in each
    select distinct
        analysis_id,
        endpoint,
        group_name,
        set_id,
        usubjid,
        days,
        coalesce(entry_days, 0) as entry_days

    from {{ ref('group_members') }}

),

observed as (

    select
        analysis_id,
        endpoint,
        group_name,
        sum(days - entry_days) / 365.25 as person_years,
        min(entry_days) as first_entry_day

    from members
    group by analysis_id, endpoint, group_name
    having max(entry_days) > 0

),

ends as (

    select
        analysis_id,
        endpoint,
        group_name,
        conf_type,
        min(endpoint_label) as endpoint_label,
        max(day) as last_day,
        sum(n_risk * n_days) / 365.25 as person_years

    from intervals
    group by analysis_id, endpoint, group_name, conf_type

)

select
    summary.analysis_id,
    summary.endpoint,
    ends.endpoint_label,
    summary.group_name,
    summary.conf_type,
    summary.n,
    summary.n_events,
    summary.median_days,
    summary.median_ci_low,
    summary.median_ci_high,
    summary.rmst_days,
    summary.rmst_se,
    summary.tau,
    summary.tau_rule,
    ends.last_day,
    coalesce(observed.person_years, ends.person_years) as person_years,
    observed.first_entry_day

from {{ ref('survival_summary') }} as summary
left join ends
    on summary.analysis_id = ends.analysis_id
    and summary.endpoint = ends.endpoint
    and summary.group_name = ends.group_name
    and summary.conf_type = ends.conf_type
left join observed
    on summary.analysis_id = observed.analysis_id
    and summary.endpoint = observed.endpoint
    and summary.group_name = observed.group_name
