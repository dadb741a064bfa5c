-- One row per analysis, candidate and endpoint: days from index to the first of its
-- events or to censoring at last follow-up.
--
-- days = event or censoring day - index day. A candidate without an index day, or with
-- neither an event day nor a last follow-up, has no days and no is_event.

with

events as (

    select
        usubjid,
        event,
        {{ rel_day('ady') }} as event_day

    from {{ ref('event_days') }}

),

wanted as (

    select
        index_days.analysis_id,
        index_days.usubjid,
        index_days.index_day,
        endpoints.endpoint,
        endpoints.event

    from {{ ref('index_days') }} as index_days
    inner join {{ ref('analysis_endpoints') }} as endpoints
        on index_days.analysis_id = endpoints.analysis_id
        and endpoints.arm in (index_days.arm, 'both')

),

first_events as (

    select
        wanted.analysis_id,
        wanted.usubjid,
        wanted.endpoint,
        wanted.index_day,
        min(events.event_day) as event_day,
        min_by(events.event, (events.event_day, events.event)) as event_desc

    from wanted
    left join events
        on wanted.usubjid = events.usubjid and wanted.event = events.event
    group by
        wanted.analysis_id, wanted.usubjid, wanted.endpoint, wanted.index_day

),

ended as (

    select
        first_events.*,
        {{ rel_day('adsl.lstcnady') }} as last_follow_up_day

    from first_events
    inner join {{ ref('adsl') }} as adsl on first_events.usubjid = adsl.usubjid

)

select
    analysis_id,
    usubjid,
    endpoint,
    coalesce(event_day, last_follow_up_day) - index_day as days,
    case
        when index_day is not null
            and coalesce(event_day, last_follow_up_day) is not null
        then event_day is not null
    end as is_event,
    case when index_day is not null then event_desc end as event_desc,
    case
        when index_day is not null
            and event_day is null
            and last_follow_up_day is not null
        then 'LAST FOLLOW-UP'
    end as censor_desc

from ended
