-- A matched subject that no group of a set includes, or whose endpoint is not
-- evaluable, is in no row of that set: Nam 2023 leaves those with one dose out of the
-- comparison of dose groups. analysis.group_counts counts them.

with

outcomes as (

    select * from {{ ref('group_outcomes') }}

)

select
    outcomes.analysis_id,
    endpoints.endpoint,
    outcomes.comparison_set,
    outcomes.subgroup,
    outcomes.position,
    outcomes.group_name,
    outcomes.set_id,
    outcomes.usubjid,
    outcomes.arm,
    outcomes.weight,
    endpoints.days,
    endpoints.is_event,
    endpoints.competing_event,
    endpoints.entry_days

from outcomes
inner join {{ ref('matched_endpoints') }} as endpoints
    on outcomes.analysis_id = endpoints.analysis_id
    and outcomes.usubjid = endpoints.usubjid
where outcomes.outcome = 'met' and endpoints.is_event is not null
