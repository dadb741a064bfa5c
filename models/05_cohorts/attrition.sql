with

identified as (

    select
        analysis_id,
        arm,
        count(*) as n_identified

    from {{ ref('subjects') }}
    group by analysis_id, arm

),

steps as (

    select
        outcomes.analysis_id,
        outcomes.arm,
        outcomes.step,
        outcomes.criterion,
        min(outcomes.label) as label,
        count(*) filter (
            where outcomes.outcome = 'not met'
                and subjects.excluded_at_step = outcomes.step
        ) as n_failed,
        count(*) filter (
            where outcomes.outcome = 'not evaluable'
                and subjects.excluded_at_step = outcomes.step
        ) as n_not_evaluable,
        count(*) filter (
            where subjects.excluded_at_step is null
                or subjects.excluded_at_step > outcomes.step
        ) as n_after

    from {{ ref('eligibility_outcomes') }} as outcomes
    inner join {{ ref('subjects') }} as subjects
        on outcomes.analysis_id = subjects.analysis_id
        and outcomes.usubjid = subjects.usubjid
    group by
        outcomes.analysis_id, outcomes.arm, outcomes.step, outcomes.criterion

)

select
    analysis_id,
    arm,
    cast(0 as bigint) as step,
    'identified' as criterion,
    'Identified' as label,
    n_identified as n_before,
    cast(0 as bigint) as n_failed,
    cast(0 as bigint) as n_not_evaluable,
    n_identified as n_after
from identified

union all

select
    analysis_id,
    arm,
    step,
    criterion,
    label,
    n_failed + n_not_evaluable + n_after as n_before,
    n_failed,
    n_not_evaluable,
    n_after
from steps
