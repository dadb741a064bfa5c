-- A set of one treated subject with its controls belongs to the subgroups of the
-- treated one, so that the two arms stay matched. In any other set (strata with several
-- treated, subjects that were weighted or not matched at all) each subject has its own.
-- Several rows of a subgroup must all be met. `response` is the class of the pair,
-- known only long after index; with several controls it counts where they agree.

with

bounds as (

    {{ bounds(ref('analysis_subgroups'), ref('resolved_thresholds'), 'subgroups') }}

),

deciding as (

    select
        analysis_id,
        set_id,
        usubjid,
        arm,
        weight,
        count(*) filter (where arm = 'treated') over same_set as n_treated,
        count(*) filter (where arm = 'control') over same_set as n_control,
        max(case when arm = 'treated' then usubjid end) over same_set as treated_usubjid

    from {{ ref('matched_subjects') }}
    window same_set as (partition by analysis_id, set_id)

),

known_values as (

    select
        analysis_id,
        usubjid,
        variable,
        value

    from {{ ref('covariate_values') }}
    where variable in (select bounds.variable from bounds)

    union all

    {{ response_values(ref('response')) }}

),

conditions as (

    select
        bounds.analysis_id,
        bounds.subgroup_set,
        bounds.subgroup,
        deciding.set_id,
        deciding.usubjid,
        deciding.arm,
        deciding.weight,
        case
            when bounds.operator is null then 'met'
            else {{ condition_outcome(
                'known_values.value', 'bounds.operator', 'bounds.bound'
            ) }}
        end as outcome

    from bounds
    inner join deciding on bounds.analysis_id = deciding.analysis_id
    left join known_values
        on deciding.analysis_id = known_values.analysis_id
        and bounds.variable = known_values.variable
        and known_values.usubjid = case
            when deciding.n_treated = 1 and deciding.n_control > 0
            then deciding.treated_usubjid
            else deciding.usubjid
        end

)

select
    analysis_id,
    subgroup_set,
    subgroup,
    set_id,
    usubjid,
    arm,
    weight,
    {{ all_outcomes('outcome') }} as outcome

from conditions
group by analysis_id, subgroup_set, subgroup, set_id, usubjid, arm, weight
