-- The baseline is the assessment of the analysis's window `baseline`. Later assessments
-- that hold the value are read: the first that shows the event gives its day, the last
-- is the day until which the event would have been seen. A subject who is at the stage
-- (or score) at baseline already had the event: on the day of the baseline assessment,
-- or of index where that comes first, so that it is on or before index. A decline is
-- counted from the baseline total, death is no event here.

with

wanted as (

    select
        index_days.analysis_id,
        index_days.usubjid,
        index_days.index_day,
        endpoints.endpoint,
        endpoints.event,
        endpoints.threshold

    from {{ ref('index_days') }} as index_days
    inner join {{ ref('analysis_endpoints') }} as endpoints
        on index_days.analysis_id = endpoints.analysis_id
        and endpoints.arm in (index_days.arm, 'both')
    where endpoints.threshold is not null

),

scored as (

    select
        visits.usubjid,
        visits.qsspid,
        visits.rel_day,
        visits.total,
        visits.kings_stage,
        visits.mitos_stage,
        visits.ft9_stage,
        items.respiratory_insufficiency

    from {{ ref('alsfrs_visits') }} as visits
    inner join {{ ref('assessments') }} as items
        on visits.usubjid = items.usubjid and visits.qsspid = items.qsspid
    where visits.is_used

),

baselines as (

    select
        windows.analysis_id,
        windows.usubjid,
        scored.rel_day,
        scored.total,
        scored.kings_stage,
        scored.mitos_stage,
        scored.ft9_stage,
        scored.respiratory_insufficiency

    from {{ ref('window_assessments') }} as windows
    inner join scored
        on {{ subject_of('windows.usubjid') }} = scored.usubjid
        and windows.qsspid = scored.qsspid
    where windows.window_id = 'baseline'

),

valued as (

    select
        wanted.*,
        baselines.rel_day as baseline_day,
        {{ assessed_value('baselines') }} as baseline_value,
        scored.rel_day,
        {{ assessed_value('scored') }} as value

    from wanted
    left join baselines
        on wanted.analysis_id = baselines.analysis_id
        and wanted.usubjid = baselines.usubjid
    left join scored
        on {{ subject_of('wanted.usubjid') }} = scored.usubjid
        and scored.rel_day >= baselines.rel_day

),

shown as (

    select
        *,
        case event
            when 'DECLINE' then value <= baseline_value - threshold
            when 'RESPIRATORY INSUFFICIENCY' then value <= threshold
            else value >= threshold
        end as is_shown

    from valued
    where baseline_value is not null and value is not null

)

select
    wanted.analysis_id,
    wanted.usubjid,
    wanted.endpoint,
    wanted.event,
    min(
        case
            when shown.rel_day = shown.baseline_day
            then least(shown.baseline_day, wanted.index_day)
            else shown.rel_day
        end
    ) filter (where shown.is_shown) as event_day,
    max(shown.rel_day) as last_assessed_day

from wanted
left join shown
    on wanted.analysis_id = shown.analysis_id
    and wanted.usubjid = shown.usubjid
    and wanted.endpoint = shown.endpoint
    and wanted.event = shown.event
group by wanted.analysis_id, wanted.usubjid, wanted.endpoint, wanted.event
