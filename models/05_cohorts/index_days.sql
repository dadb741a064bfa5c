-- first_dose: the day of the first dose. trial_entry: day 0. assessment: the day of the
-- baseline assessment, whose window must then be anchored at trial entry; without such
-- an assessment there is no index day.

with

candidates as (

    select * from {{ ref('candidates') }}

),

first_doses as (

    select
        usubjid,
        min({{ rel_day('exstdy') }}) as dose_day

    from {{ ref('ex') }}
    where {{ is_dose() }}
    group by usubjid

),

targets as (

    select
        candidates.analysis_id,
        candidates.usubjid,
        windows.window_id,
        windows.offset_days as target_day,
        windows.from_day,
        windows.to_day,
        windows.requires

    from candidates
    inner join {{ ref('analysis_windows') }} as windows
        on candidates.analysis_id = windows.analysis_id
        and windows.arm in (candidates.arm, 'both')
        and windows.window_id = 'baseline'
        and windows.anchor = 'trial_entry'
    where candidates.index_rule = 'assessment'

),

index_assessments as (

    {{ nearest_assessments('targets') }}

)

select
    candidates.analysis_id,
    candidates.usubjid,
    candidates.arm,
    case candidates.index_rule
        when 'first_dose' then first_doses.dose_day
        when 'trial_entry' then 0
        when 'assessment' then index_assessments.rel_day
    end as index_day

from candidates
left join first_doses on candidates.usubjid = first_doses.usubjid
left join index_assessments
    on candidates.analysis_id = index_assessments.analysis_id
    and candidates.usubjid = index_assessments.usubjid
