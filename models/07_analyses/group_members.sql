-- One row per analysis, endpoint, set of compared groups, group and matched subject:
-- who is counted where, and its time to the endpoint.
--
-- A matched subject that no group of a set takes is in no row of that set: Nam 2023
-- leaves those with one dose out of the comparison of dose groups.

with

outcomes as (

    select
        groups.analysis_id,
        groups.comparison_set,
        groups.position,
        groups.group_name,
        matched.set_id,
        matched.usubjid,
        matched.arm,
        matched.weight,
        case
            when groups.operator is null then 'met'
            else {{ condition_outcome(
                'covariate_values.value', 'groups.operator', 'groups.value'
            ) }}
        end as outcome

    from {{ ref('analysis_groups') }} as groups
    inner join {{ ref('matched_subjects') }} as matched
        on groups.analysis_id = matched.analysis_id
        and groups.arm in (matched.arm, 'both')
    left join {{ ref('covariate_values') }} as covariate_values
        on matched.analysis_id = covariate_values.analysis_id
        and matched.usubjid = covariate_values.usubjid
        and groups.variable = covariate_values.variable

)

select
    outcomes.analysis_id,
    endpoints.endpoint,
    outcomes.comparison_set,
    outcomes.position,
    outcomes.group_name,
    outcomes.set_id,
    outcomes.usubjid,
    outcomes.arm,
    outcomes.weight,
    endpoints.days,
    endpoints.is_event

from outcomes
inner join {{ ref('matched_endpoints') }} as endpoints
    on outcomes.analysis_id = endpoints.analysis_id
    and outcomes.usubjid = endpoints.usubjid
where outcomes.outcome = 'met'
