-- Subgroups by the response itself are left out: every pair of one has the same class.

with

subgroups as (

    select
        analysis_id,
        subgroup_set,
        min(position) as position,
        subgroup

    from {{ ref('analysis_subgroups') }}
    group by analysis_id, subgroup_set, subgroup
    having count(*) filter (where variable = 'response') = 0

)

select
    response.analysis_id,
    subgroups.subgroup_set,
    subgroups.position,
    subgroups.subgroup,
    response.pair_id,
    response.response

from {{ ref('response') }} as response
inner join subgroups on response.analysis_id = subgroups.analysis_id
inner join {{ ref('subgroup_outcomes') }} as outcomes
    on response.analysis_id = outcomes.analysis_id
    and response.treated_usubjid = outcomes.usubjid
    and subgroups.subgroup = outcomes.subgroup
where outcomes.arm = 'treated' and outcomes.outcome = 'met'
