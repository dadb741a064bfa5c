-- One row per analysis, candidate and endpoint: days from index to the first of its
-- events or to censoring at last follow-up.
--
-- days = event or censoring day - index day. A candidate without an index day, or with
-- neither an event day nor a last follow-up, has no days and no is_event; nor has one
-- with a procedure without a date that could have been the first event. A dated event
-- on or before index decides all the same: the endpoint was over by then. (A death
-- without a date comes after any dated event, and is censored at last follow-up.)

with

events as (

    select
        usubjid,
        event,
        {{ rel_day('ady') }} as event_day

    from {{ ref('event_days') }}

),

undated as (

    select
        usubjid,
        prdecod as event

    from {{ ref('pr') }}
    where prstdy is null
    group by usubjid, prdecod

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
        min_by(events.event, (events.event_day, events.event)) as event_desc,
        string_agg(undated.event, ', ' order by undated.event) as undated_events

    from wanted
    left join events
        on wanted.usubjid = events.usubjid and wanted.event = events.event
    left join undated
        on wanted.usubjid = undated.usubjid and wanted.event = undated.event
    group by
        wanted.analysis_id, wanted.usubjid, wanted.endpoint, wanted.index_day

),

ended as (

    select
        first_events.*,
        {{ rel_day('adsl.lstcnady') }} as last_follow_up_day,
        first_events.index_day is not null
        and first_events.undated_events is not null
        and coalesce(first_events.event_day > first_events.index_day, true)
            as is_undecided

    from first_events
    inner join {{ ref('adsl') }} as adsl on first_events.usubjid = adsl.usubjid

)

select
    analysis_id,
    usubjid,
    endpoint,
    case
        when not is_undecided
        then coalesce(event_day, last_follow_up_day) - index_day
    end as days,
    case
        when not is_undecided
            and index_day is not null
            and coalesce(event_day, last_follow_up_day) is not null
        then event_day is not null
    end as is_event,
    case
        when not is_undecided and index_day is not null then event_desc
    end as event_desc,
    case
        when not is_undecided
            and index_day is not null
            and event_day is null
            and last_follow_up_day is not null
        then 'LAST FOLLOW-UP'
    end as censor_desc,
    case
        when is_undecided then 'not evaluable: no date of ' || undated_events
        when index_day is null then 'not evaluable: no index day'
        when coalesce(event_day, last_follow_up_day) is null
        then 'not evaluable: neither an event day nor a last follow-up'
    end as note

from ended
