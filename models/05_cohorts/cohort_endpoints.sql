-- days = event or censoring day - index day. A candidate without an index day, or with
-- neither an event day nor a last follow-up, has no days and no is_event; nor has one
-- with a procedure without a date that could have been the first event. A dated event
-- on or before index decides all the same: the endpoint was over by then. (A death
-- without a date comes after any dated event, and is censored at last follow-up.)
--
-- As recorded, an event counts whenever it is recorded and the others are censored at
-- last follow-up. Under any other rule (macro follow_up_end) an event up to the rule's
-- end, included, counts on its day; everybody else is censored at that end, dead or
-- not, and at last follow-up if known to have died on no known day. The rule holds for
-- its arms, and for a site without a dated contact, which counts as a trial by itself;
-- a horizon cuts the other subjects as well. Where the end of the pseudo-trial is not
-- known, nobody is followed past the last visit. Days of 0 or less stay: eligibility
-- leaves these subjects out and counts them.

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

contacted_sites as (

    select distinct studyid

    from {{ ref('ds') }}
    where dsdecod = 'LAST CONTACT' and dsstdy is not null

),

-- The last visit and the last death of anybody in a site or a pseudo-trial.
trial_ends as (

    select
        usubjid,
        last_visit_day,
        last_death_day

    from {{ ref('pseudo_trials') }}
    where pseudo_trial_id is not null

    union all

    select
        usubjid,
        max({{ rel_day('lstcnady') }}) over (partition by studyid) as last_visit_day,
        max({{ rel_day('dthady') }}) over (partition by studyid) as last_death_day

    from {{ ref('adsl') }}
    where studyid <> 'PROACT'

),

wanted as (

    select
        index_days.analysis_id,
        index_days.usubjid,
        index_days.arm,
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
        wanted.arm,
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
        wanted.analysis_id,
        wanted.usubjid,
        wanted.arm,
        wanted.endpoint,
        wanted.index_day

),

recorded as (

    select
        first_events.analysis_id,
        first_events.usubjid,
        first_events.endpoint,
        first_events.index_day,
        first_events.event_day - first_events.index_day as event_days,
        first_events.event_desc,
        first_events.undated_events,
        {{ rel_day('adsl.lstcnady') }} - first_events.index_day as last_seen_days,
        trial_ends.last_visit_day - first_events.index_day as trial_visit_days,
        trial_ends.last_death_day - first_events.index_day as trial_death_days,
        coalesce(adsl.dthfl = 'Y', false) and adsl.dthady is null
            as has_died_without_a_day,
        first_events.index_day is not null
        and first_events.undated_events is not null
        and coalesce(first_events.event_day > first_events.index_day, true)
            as is_undecided,
        follow_up.rule,
        follow_up.days as rule_days,
        follow_up.follow_up_rule,
        follow_up.arms in (first_events.arm, 'both')
        or (adsl.studyid <> 'PROACT' and contacted_sites.studyid is null)
            as is_ruled

    from first_events
    inner join {{ ref('adsl') }} as adsl on first_events.usubjid = adsl.usubjid
    inner join {{ ref('analysis_follow_up') }} as follow_up
        on first_events.analysis_id = follow_up.analysis_id
    left join contacted_sites on adsl.studyid = contacted_sites.studyid
    left join trial_ends on first_events.usubjid = trial_ends.usubjid

),

ruled as (

    select
        *,
        {{ follow_up_end() }} as end_days

    from recorded

),

ended as (

    select
        *,
        case
            when is_undecided or index_day is null then null
            when is_ruled and rule <> 'as_recorded' and end_days is null then null
            when event_days is not null
            then event_days <= coalesce(end_days, event_days)
            when last_seen_days is not null then false
        end as is_event,
        coalesce(end_days, last_seen_days) as censoring_days

    from ruled

)

select
    analysis_id,
    usubjid,
    endpoint,
    follow_up_rule,
    case
        when is_event then event_days when not is_event then censoring_days
    end as days,
    is_event,
    case when is_event then event_desc end as event_desc,
    case
        when is_event is null or is_event then null
        when censoring_days = last_seen_days then 'LAST FOLLOW-UP'
        else 'END OF THE FOLLOW-UP RULE'
    end as censor_desc,
    case when not is_undecided then last_seen_days end as last_seen_days,
    case when not is_undecided then event_days end as recorded_event_days,
    coalesce(not is_event and event_days is not null, false) as is_late_event,
    coalesce(is_ruled and not is_event and censoring_days > last_seen_days, false)
        as is_credited,
    case
        when is_undecided then 'not evaluable: no date of ' || undated_events
        when index_day is null then 'not evaluable: no index day'
        when is_event is null and event_days is not null
        then 'not evaluable: no last visit, from which the follow-up rule counts'
        when is_event is null
        then 'not evaluable: neither an event day nor a last follow-up'
    end as note

from ended
