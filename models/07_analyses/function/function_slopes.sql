-- The line of the ALSFRS-R total on time through the assessments of
-- analysis.alsfrs_series, two or more on different days, in points per month of 365/12
-- days; negative is decline.

with

periods as (

    select distinct
        analysis_id,
        period

    from {{ ref('alsfrs_series') }}

),

lines as (

    select
        analysis_id,
        period,
        set_id,
        usubjid,
        count(*) as n_assessments,
        max(day) as last_day,
        {{ line_slope('total', 'day') }} / {{ months(1) }} as slope,
        {{ line_intercept('total', 'day') }} as intercept

    from {{ ref('alsfrs_series') }}
    group by analysis_id, period, set_id, usubjid

)

select
    matched.analysis_id,
    periods.period,
    matched.set_id,
    matched.usubjid,
    matched.arm,
    matched.weight,
    coalesce(lines.n_assessments, 0) as n_assessments,
    lines.last_day,
    lines.slope,
    case when lines.slope is not null then lines.intercept end as intercept,
    case
        when lines.usubjid is null then 'no baseline assessment with a total'
        when lines.slope is null then 'fewer than two assessments'
    end as note

from {{ ref('matched_subjects') }} as matched
inner join periods on matched.analysis_id = periods.analysis_id
left join lines
    on matched.analysis_id = lines.analysis_id
    and periods.period = lines.period
    and matched.set_id = lines.set_id
    and matched.usubjid = lines.usubjid
