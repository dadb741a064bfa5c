-- The sets are those of the protocol, and for every subgroup with a condition one more:
-- `subgroup NAME`, with the groups `NAME control` and `NAME treated`.

with

bounds as (

    {{ bounds(ref('analysis_groups'), ref('resolved_thresholds'), 'groups') }}

),

conditions as (

    select
        bounds.analysis_id,
        bounds.comparison_set,
        bounds.position,
        bounds.group_name,
        matched.set_id,
        matched.usubjid,
        matched.arm,
        matched.weight,
        case
            when bounds.operator is null then 'met'
            else {{ condition_outcome(
                'covariate_values.value', 'bounds.operator', 'bounds.bound'
            ) }}
        end as outcome

    from bounds
    inner join {{ ref('matched_subjects') }} as matched
        on bounds.analysis_id = matched.analysis_id
        and bounds.arm in (matched.arm, 'both')
    left join {{ ref('covariate_values') }} as covariate_values
        on matched.analysis_id = covariate_values.analysis_id
        and matched.usubjid = covariate_values.usubjid
        and bounds.variable = covariate_values.variable

),

conditional_subgroups as (

    select distinct
        analysis_id,
        subgroup

    from {{ ref('analysis_subgroups') }}
    where operator is not null

)

select
    analysis_id,
    comparison_set,
    cast(null as varchar) as subgroup,
    position,
    group_name,
    set_id,
    usubjid,
    arm,
    weight,
    {{ all_outcomes('outcome') }} as outcome

from conditions
group by
    analysis_id,
    comparison_set,
    position,
    group_name,
    set_id,
    usubjid,
    arm,
    weight

union all

select
    outcomes.analysis_id,
    'subgroup ' || outcomes.subgroup as comparison_set,
    outcomes.subgroup,
    cast(
        case outcomes.arm when 'control' then 1 else 2 end as bigint
    ) as position,
    outcomes.subgroup || ' ' || outcomes.arm as group_name,
    outcomes.set_id,
    outcomes.usubjid,
    outcomes.arm,
    outcomes.weight,
    outcomes.outcome

from {{ ref('subgroup_outcomes') }} as outcomes
inner join conditional_subgroups
    on outcomes.analysis_id = conditional_subgroups.analysis_id
    and outcomes.subgroup = conditional_subgroups.subgroup
