-- Nam 2023 compares the change from baseline to 12 months and does not report why it is
-- missing. Here: no baseline (no total at the baseline assessment); dead (died on or
-- before the last day of the window); lost (last contact before its first day); not
-- assessed (followed into the window or known to live beyond it, no total in it).

with

windows as (

    select * from {{ ref('analysis_windows') }}
    where window_id like 'month!_%' escape '!'

),

members as (

    select
        matched.analysis_id,
        matched.set_id,
        matched.usubjid,
        matched.arm,
        matched.weight,
        matched.index_day,
        windows.window_id,
        windows.offset_days,
        windows.from_day,
        windows.to_day,
        windows.anchor

    from {{ ref('matched_subjects') }} as matched
    inner join windows
        on matched.analysis_id = windows.analysis_id
        and windows.arm in (matched.arm, 'both')

),

placed as (

    select
        members.*,
        baseline.rel_day as baseline_day,
        baseline.total as baseline_total,
        found.rel_day,
        found.total,
        case members.anchor
            when 'baseline' then baseline.rel_day
            when 'index_day' then members.index_day
            when 'trial_entry' then 0
        end + members.offset_days - members.index_day as days_to_target,
        coalesce(endpoints.days_from_index, endpoints.days) as days_followed,
        endpoints.is_event as is_dead

    from members
    left join {{ ref('window_assessments') }} as baseline
        on members.analysis_id = baseline.analysis_id
        and members.usubjid = baseline.usubjid
        and baseline.window_id = 'baseline'
    left join {{ ref('window_assessments') }} as found
        on members.analysis_id = found.analysis_id
        and members.usubjid = found.usubjid
        and members.window_id = found.window_id
    left join {{ ref('cohort_endpoints') }} as endpoints
        on members.analysis_id = endpoints.analysis_id
        and members.usubjid = endpoints.usubjid
        and endpoints.endpoint = 'OS'

)

select
    analysis_id,
    set_id,
    usubjid,
    arm,
    weight,
    window_id,
    offset_days,
    baseline_total,
    total,
    rel_day - baseline_day as days_from_baseline,
    total - baseline_total as change,
    case
        when baseline_total is null then 'no baseline'
        when total is not null then 'assessed'
        when is_dead and days_followed <= days_to_target + to_day then 'dead'
        when not is_dead and days_followed < days_to_target + from_day then 'lost'
        else 'not assessed'
    end as status

from placed
