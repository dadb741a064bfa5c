-- An interval is open at its start and closed at its end, so a dose counts from the day
-- after it: an event on the day of a dose belongs to the doses before. Time runs from
-- the landmark where there is one, else from index. Only time-dependent methods split
-- at doses; there, time with a number of doses of no group is not at risk.

with

members as (

    select * from {{ ref('contrast_members') }}
    where outcome = 'in'

),

cuts as (

    select distinct
        members.analysis_id,
        members.contrast_id,
        members.endpoint,
        members.variant,
        members.horizon,
        members.set_id,
        members.usubjid,
        doses.dose_day as start_day

    from members
    inner join {{ ref('dose_days') }} as doses
        on members.analysis_id = doses.analysis_id
        and members.usubjid = doses.usubjid
    where members.method in ('time_dependent', 'time_dependent_doses')
        and doses.dose_day > members.entry_day
        and doses.dose_day < members.exit_day

),

starts as (

    select
        analysis_id,
        contrast_id,
        endpoint,
        variant,
        horizon,
        set_id,
        usubjid,
        entry_day as start_day

    from members

    union all

    select * from cuts

),

intervals as (

    select
        members.*,
        starts.start_day,
        row_number() over of_subject as period,
        lead(starts.start_day) over of_subject as next_start_day

    from members
    inner join starts
        on members.analysis_id = starts.analysis_id
        and members.contrast_id = starts.contrast_id
        and members.endpoint = starts.endpoint
        and members.variant = starts.variant
        and members.horizon = starts.horizon
        and members.set_id = starts.set_id
        and members.usubjid = starts.usubjid
    window of_subject as (
        partition by
            members.analysis_id,
            members.contrast_id,
            members.endpoint,
            members.variant,
            members.horizon,
            members.set_id,
            members.usubjid
        order by starts.start_day
    )

),

doses_so_far as (

    select
        intervals.analysis_id,
        intervals.contrast_id,
        intervals.endpoint,
        intervals.variant,
        intervals.horizon,
        intervals.set_id,
        intervals.usubjid,
        intervals.period,
        count(*) as n_doses

    from intervals
    inner join {{ ref('dose_days') }} as doses
        on intervals.analysis_id = doses.analysis_id
        and intervals.usubjid = doses.usubjid
        and doses.dose_day <= intervals.start_day
    where intervals.method in ('time_dependent', 'time_dependent_doses')
    group by
        intervals.analysis_id,
        intervals.contrast_id,
        intervals.endpoint,
        intervals.variant,
        intervals.horizon,
        intervals.set_id,
        intervals.usubjid,
        intervals.period

),

dosed as (

    select
        intervals.* exclude (n_doses),
        case
            when intervals.method in ('time_dependent', 'time_dependent_doses')
            then coalesce(doses_so_far.n_doses, 0)
            else intervals.n_doses
        end as n_doses,
        case
            when intervals.method in ('landmark_day', 'landmark_dose')
            then intervals.landmark_day
            else 0
        end as origin_day

    from intervals
    left join doses_so_far
        on intervals.analysis_id = doses_so_far.analysis_id
        and intervals.contrast_id = doses_so_far.contrast_id
        and intervals.endpoint = doses_so_far.endpoint
        and intervals.variant = doses_so_far.variant
        and intervals.horizon = doses_so_far.horizon
        and intervals.set_id = doses_so_far.set_id
        and intervals.usubjid = doses_so_far.usubjid
        and intervals.period = doses_so_far.period

)

select
    dosed.analysis_id,
    dosed.contrast_id,
    dosed.endpoint,
    dosed.variant,
    dosed.method,
    dosed.horizon,
    dosed.set_id,
    dosed.usubjid,
    dosed.arm,
    dosed.weight,
    dosed.period,
    dosed.origin_day,
    dosed.start_day - dosed.origin_day as start_day,
    coalesce(dosed.next_start_day, dosed.exit_day) - dosed.origin_day as stop_day,
    dosed.is_event and dosed.next_start_day is null as is_event,
    dosed.n_doses,
    coalesce(dosed.group_name, groups.group_name) as group_name,
    dosed.method <> 'time_dependent' or groups.group_name is not null as is_at_risk

from dosed
left join {{ ref('analysis_dose_contrast_groups') }} as groups
    on dosed.analysis_id = groups.analysis_id
    and dosed.contrast_id = groups.contrast_id
    and dosed.arm = groups.arm
    and dosed.method = 'time_dependent'
    and (groups.min_doses is null or dosed.n_doses >= groups.min_doses)
    and (groups.max_doses is null or dosed.n_doses <= groups.max_doses)
