-- One row per analysis that matches its subgroups again, subgroup and eligible subject:
-- whether it is of the subgroup, by its values, not by those of its set.
--
-- A bound such as the median is the number of resolved_thresholds, that of the matched
-- treated of the whole analysis, so that kept and new pairs are of one subgroup.

with

asked as (

    select distinct
        analysis_id,
        subgroup_set

    from {{ ref('rematched_subgroups') }}

),

bounds as (

    {{ bounds(ref('analysis_subgroups'), ref('resolved_thresholds'), 'subgroups') }}

),

conditions as (

    select
        bounds.analysis_id,
        bounds.subgroup_set,
        bounds.position,
        bounds.subgroup,
        subjects.usubjid,
        case
            when bounds.operator is null then 'met'
            else {{ condition_outcome(
                'covariate_values.value', 'bounds.operator', 'bounds.bound'
            ) }}
        end as outcome

    from bounds
    inner join asked
        on bounds.analysis_id = asked.analysis_id
        and bounds.subgroup_set = asked.subgroup_set
    inner join {{ ref('subjects') }} as subjects
        on bounds.analysis_id = subjects.analysis_id and subjects.is_eligible
    left join {{ ref('covariate_values') }} as covariate_values
        on subjects.analysis_id = covariate_values.analysis_id
        and subjects.usubjid = covariate_values.usubjid
        and bounds.variable = covariate_values.variable

)

select
    analysis_id,
    subgroup_set,
    position,
    subgroup,
    usubjid,
    {{ all_outcomes('outcome') }} as outcome

from conditions
group by analysis_id, subgroup_set, position, subgroup, usubjid
