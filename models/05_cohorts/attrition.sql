with

followed as (

    select
        subjects.*,
        coalesce(endpoints.is_late_event, false) as is_late_death,
        coalesce(endpoints.is_credited, false) as is_credited,
        coalesce(subjects.deaths_recorded, 'none') = 'none' as is_not_recording

    from {{ ref('subjects') }} as subjects
    left join {{ ref('cohort_endpoints') }} as endpoints
        on subjects.analysis_id = endpoints.analysis_id
        and subjects.usubjid = endpoints.usubjid
        and endpoints.endpoint = 'OS'

),

identified as (

    select
        analysis_id,
        arm,
        count(*) as n_identified,
        count(distinct {{ subject_of('usubjid') }}) as n_subjects,
        count(*) filter (where is_late_death) as n_late_deaths,
        count(*) filter (where is_credited) as n_credited,
        count(*) filter (where is_not_recording) as n_not_recording

    from followed
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
        count(distinct {{ subject_of('subjects.usubjid') }}) filter (
            where coalesce(subjects.excluded_at_step > outcomes.step, true)
        ) as n_subjects,
        {% for name, condition in {
            'n_after': 'true',
            'n_late_deaths': 'subjects.is_late_death',
            'n_credited': 'subjects.is_credited',
            'n_not_recording': 'subjects.is_not_recording',
        }.items() -%}
        count(*) filter (
            where coalesce(subjects.excluded_at_step > outcomes.step, true)
                and {{ condition }}
        ) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('eligibility_outcomes') }} as outcomes
    inner join followed as subjects
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
    n_identified as n_after,
    n_subjects,
    n_late_deaths,
    n_credited,
    n_not_recording
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
    n_after,
    n_subjects,
    n_late_deaths,
    n_credited,
    n_not_recording
from steps
