-- Of several assessments of a day the used one counts. The period entire takes all of
-- them; to_month_12 those up to the last day of the month_12 window, so that arms that
-- were followed for years and for months are fitted over the same time.

with

periods as (

    select distinct
        matched.analysis_id,
        'entire' as period,
        matched.arm,
        cast(null as bigint) as last_day

    from {{ ref('matched_subjects') }} as matched
    inner join {{ ref('analysis_scopes') }} as scopes
        on matched.analysis_id = scopes.analysis_id and scopes.scope = 'full'

    union all

    select
        windows.analysis_id,
        'to_month_12' as period,
        arms.arm,
        windows.offset_days + windows.to_day as last_day

    from {{ ref('analysis_windows') }} as windows
    inner join (select unnest(['treated', 'control']) as arm) as arms
        on windows.arm in (arms.arm, 'both')
    where windows.window_id = 'month_12'

)

select
    matched.analysis_id,
    periods.period,
    matched.set_id,
    matched.usubjid,
    matched.arm,
    matched.weight,
    visits.qsspid,
    visits.rel_day - baseline.rel_day as day,
    {{ months('visits.rel_day - baseline.rel_day') }} as month,
    visits.total

from {{ ref('matched_subjects') }} as matched
inner join periods
    on matched.analysis_id = periods.analysis_id and matched.arm = periods.arm
inner join {{ ref('window_assessments') }} as baseline
    on matched.analysis_id = baseline.analysis_id
    and matched.usubjid = baseline.usubjid
    and baseline.window_id = 'baseline'
inner join {{ ref('alsfrs_visits') }} as visits
    on {{ subject_of('matched.usubjid') }} = visits.usubjid
    and visits.is_used
    and visits.total is not null
    and visits.rel_day >= baseline.rel_day
    and (
        periods.last_day is null
        or visits.rel_day <= baseline.rel_day + periods.last_day
    )
