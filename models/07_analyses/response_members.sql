-- One row per analysis, subgroup and pair whose treated subject is of the subgroup.

with

outcomes as (

    select
        response.analysis_id,
        subgroups.subgroup_set,
        subgroups.position,
        subgroups.subgroup,
        response.pair_id,
        response.response,
        case
            when subgroups.operator is null then 'met'
            else {{ condition_outcome(
                'covariate_values.value', 'subgroups.operator', 'subgroups.value'
            ) }}
        end as outcome

    from {{ ref('response') }} as response
    inner join {{ ref('analysis_subgroups') }} as subgroups
        on response.analysis_id = subgroups.analysis_id
    left join {{ ref('covariate_values') }} as covariate_values
        on response.analysis_id = covariate_values.analysis_id
        and response.treated_usubjid = covariate_values.usubjid
        and subgroups.variable = covariate_values.variable

)

select
    analysis_id,
    subgroup_set,
    position,
    subgroup,
    pair_id,
    response

from outcomes
where outcome = 'met'
