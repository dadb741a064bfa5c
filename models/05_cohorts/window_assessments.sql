-- Windows of the protocol are anchored at trial entry, at the index day, at the
-- baseline assessment, at the day of the Nth dose or at that of the last. Those
-- anchored at the pair are sought once there are pairs, in pair_assessments. A baseline
-- anchored at enrolment, diagnosis or onset, or one of which an assessment was drawn or
-- each is an index day, has fixed the index day (index_days): it is the assessment of
-- that day.

with

index_days as (

    select * from {{ ref('index_days') }}

),

numbered_doses as (

    select
        usubjid,
        {{ rel_day('exstdy') }} as dose_day,
        'dose_' || cast(
            row_number() over (partition by usubjid order by exstdy, exseq) as varchar
        ) as anchor

    from {{ ref('ex') }}
    where {{ is_dose() }}

),

doses as (

    select
        usubjid,
        anchor,
        dose_day

    from numbered_doses

    union all

    select
        usubjid,
        'last_dose' as anchor,
        max(dose_day) as dose_day

    from numbered_doses
    group by usubjid

),

windows as (

    select
        index_days.analysis_id,
        index_days.usubjid,
        index_days.index_day,
        windows.anchor in ('enrolment', 'diagnosis', 'onset')
        or (
            windows.window_id = 'baseline'
            and (
                starts_with(coalesce(index_days.index_rule, ''), 'drawn_')
                or coalesce(index_days.index_rule = 'all_visits', false)
            )
        ) as is_of_index_day,
        windows.window_id,
        windows.anchor,
        windows.offset_days,
        windows.from_day,
        windows.to_day,
        windows.requires

    from index_days
    inner join {{ ref('analysis_windows') }} as windows
        on index_days.analysis_id = windows.analysis_id
        and windows.arm in (index_days.arm, 'both')

),

first_targets as (

    select
        windows.analysis_id,
        windows.usubjid,
        windows.window_id,
        case
            when windows.is_of_index_day then windows.index_day
            else windows.offset_days + case windows.anchor
                when 'trial_entry' then 0
                when 'index_day' then windows.index_day
                else doses.dose_day
            end
        end as target_day,
        case when windows.is_of_index_day then 0 else windows.from_day end as from_day,
        case when windows.is_of_index_day then 0 else windows.to_day end as to_day,
        windows.requires

    from windows
    left join doses
        on {{ subject_of('windows.usubjid') }} = doses.usubjid
        and windows.anchor = doses.anchor
    where windows.anchor not in ('baseline', 'pair')

),

first_found as (

    {{ nearest_assessments('first_targets') }}

),

targets_from_baseline as (

    select
        windows.analysis_id,
        windows.usubjid,
        windows.window_id,
        first_found.rel_day + windows.offset_days as target_day,
        windows.from_day,
        windows.to_day,
        windows.requires

    from windows
    inner join first_found
        on windows.analysis_id = first_found.analysis_id
        and windows.usubjid = first_found.usubjid
        and first_found.window_id = 'baseline'
    where windows.anchor = 'baseline'

),

found_from_baseline as (

    {{ nearest_assessments('targets_from_baseline') }}

)

select * from first_found
union all
select * from found_from_baseline
