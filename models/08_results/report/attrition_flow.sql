-- The steps are the eligibility steps of cohort.attrition, and matching as the last.

-- depends_on: {{ ref('gate_analyses') }}

with

eligible as (

    select
        analysis_id,
        arm,
        count(*) filter (where is_eligible) as n_eligible

    from {{ ref('subjects') }}
    group by analysis_id, arm

),

matched as (

    select
        analysis_id,
        arm,
        count(distinct usubjid) as n_matched,
        count(distinct {{ subject_of('usubjid') }}) as n_subjects

    from {{ ref('matched_subjects') }}
    group by analysis_id, arm

),

last_steps as (

    select
        analysis_id,
        arm,
        max(step) as last_step

    from {{ ref('attrition') }}
    group by analysis_id, arm

),

steps as (

    select
        analysis_id,
        arm,
        step,
        criterion,
        label,
        n_before,
        n_failed,
        n_not_evaluable,
        n_after,
        n_subjects

    from {{ ref('attrition') }}

    union all

    select
        eligible.analysis_id,
        eligible.arm,
        last_steps.last_step + 1 as step,
        'matched' as criterion,
        'Matched' as label,
        eligible.n_eligible as n_before,
        eligible.n_eligible - coalesce(matched.n_matched, 0) as n_failed,
        cast(0 as bigint) as n_not_evaluable,
        coalesce(matched.n_matched, 0) as n_after,
        coalesce(matched.n_subjects, 0) as n_subjects

    from eligible
    inner join last_steps
        on eligible.analysis_id = last_steps.analysis_id
        and eligible.arm = last_steps.arm
    left join matched
        on eligible.analysis_id = matched.analysis_id
        and eligible.arm = matched.arm

)

select
    analysis_id,
    arm,
    step,
    criterion,
    label,
    n_before,
    n_failed,
    n_not_evaluable,
    n_after,
    n_subjects

from steps
