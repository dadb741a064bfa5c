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
--
-- Of the events of an endpoint the first ends it: on one day an event before one that
-- competes with it, that before one that only ends follow-up (role of endpoints.csv).
-- Where an event is seen at assessments only, a subject without one is not followed
-- past the last assessment that could have shown it. A study that does not record an
-- event counts as stated in endpoint_sources.
--
-- All this is counted from the index day, from which a subject is under observation.
-- Where the clock starts elsewhere (time_zeros) days are moved to it at the end; a
-- subject is then at risk from entry_days on.

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
        adsl.studyid,
        endpoints.endpoint,
        endpoints.event,
        endpoints.threshold is not null as is_assessed,
        coalesce(endpoints.role, 'event') as role,
        case coalesce(endpoints.role, 'event')
            when 'event' then 1 when 'competing' then 2 else 3
        end as role_rank,
        sources.treatment = 'left_out' as is_left_out

    from {{ ref('index_days') }} as index_days
    inner join {{ ref('analysis_endpoints') }} as endpoints
        on index_days.analysis_id = endpoints.analysis_id
        and endpoints.arm in (index_days.arm, 'both')
    inner join {{ ref('adsl') }} as adsl
        on {{ subject_of('index_days.usubjid') }} = adsl.usubjid
    left join {{ ref('endpoint_sources') }} as sources
        on index_days.analysis_id = sources.analysis_id
        and endpoints.endpoint = sources.endpoint
        and endpoints.event = sources.event
        and index_days.arm = sources.arm
        and adsl.studyid = sources.studyid
    where coalesce(sources.treatment, 'counted') <> 'ignored'

),

found as (

    select
        wanted.*,
        coalesce(events.event_day, assessed.event_day) as event_day,
        undated.event as undated_event,
        assessed.last_assessed_day

    from wanted
    left join events
        on {{ subject_of('wanted.usubjid') }} = events.usubjid
        and wanted.event = events.event
    left join undated
        on {{ subject_of('wanted.usubjid') }} = undated.usubjid
        and wanted.event = undated.event
    left join {{ ref('assessment_events') }} as assessed
        on wanted.analysis_id = assessed.analysis_id
        and wanted.usubjid = assessed.usubjid
        and wanted.endpoint = assessed.endpoint
        and wanted.event = assessed.event

),

first_events as (

    select
        analysis_id,
        usubjid,
        studyid,
        arm,
        endpoint,
        index_day,
        min(event_day) as event_day,
        min_by(
            case when event_day is not null then event end,
            (event_day, role_rank, event)
        ) as event_desc,
        min_by(
            case when event_day is not null then role end,
            (event_day, role_rank, event)
        ) as event_role,
        min(event_day) filter (where role = 'event') as recorded_event_day,
        string_agg(undated_event, ', ' order by undated_event) as undated_events,
        string_agg(event, ', ' order by event) filter (where is_left_out)
            as unrecorded_events,
        min(last_assessed_day) as last_assessed_day,
        string_agg(event, ', ' order by event) filter (
            where is_assessed and last_assessed_day is null
        ) as unassessed_events

    from found
    group by analysis_id, usubjid, studyid, arm, endpoint, index_day

),

recorded as (

    select
        first_events.analysis_id,
        first_events.usubjid,
        first_events.studyid,
        first_events.endpoint,
        first_events.index_day,
        first_events.event_day - first_events.index_day as event_days,
        first_events.event_desc,
        first_events.event_role,
        first_events.recorded_event_day - first_events.index_day
            as recorded_event_days,
        first_events.undated_events,
        first_events.unrecorded_events,
        first_events.unassessed_events,
        first_events.last_assessed_day - first_events.index_day
            as last_assessed_days,
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
            as is_ruled,
        zeros.time_zero,
        case
            when zeros.time_zero is null then 0
            else first_events.index_day - zeros.zero_day
        end as days_before_index

    from first_events
    inner join {{ ref('adsl') }} as adsl
        on {{ subject_of('first_events.usubjid') }} = adsl.usubjid
    inner join {{ ref('analysis_follow_up') }} as follow_up
        on first_events.analysis_id = follow_up.analysis_id
    left join contacted_sites on adsl.studyid = contacted_sites.studyid
    left join trial_ends
        on {{ subject_of('first_events.usubjid') }} = trial_ends.usubjid
    left join {{ ref('time_zeros') }} as zeros
        on first_events.analysis_id = zeros.analysis_id
        and first_events.usubjid = zeros.usubjid

),

ruled as (

    select
        *,
        {{ follow_up_end() }} as end_days

    from recorded

),

stopped as (

    select
        *,
        case
            when is_undecided or index_day is null then null
            when unrecorded_events is not null or unassessed_events is not null
            then null
            when is_ruled and rule <> 'as_recorded' and end_days is null then null
            when event_days is not null
            then event_days <= coalesce(end_days, event_days)
            when last_seen_days is not null then false
        end as is_stopped,
        case
            when last_assessed_days < coalesce(end_days, last_seen_days)
            then last_assessed_days
            else coalesce(end_days, last_seen_days)
        end as censoring_days

    from ruled

),

ended as (

    select
        *,
        case
            when is_stopped then event_days when not is_stopped then censoring_days
        end as days_from_index,
        -- null and false is false: what is not evaluable is asked first
        case
            when is_stopped is not null and days_before_index is not null
            then is_stopped and event_role = 'event'
        end as is_event

    from stopped

)

select
    analysis_id,
    usubjid,
    endpoint,
    follow_up_rule,
    days_from_index + days_before_index as days,
    is_event,
    case when is_event then event_desc end as event_desc,
    case
        when is_event is null or is_event then null
        when is_stopped and event_role = 'competing' then 'COMPETING EVENT'
        when is_stopped then 'EVENT THAT ENDS FOLLOW-UP'
        when censoring_days = last_seen_days then 'LAST FOLLOW-UP'
        when censoring_days = last_assessed_days then 'LAST ASSESSMENT'
        else 'END OF THE FOLLOW-UP RULE'
    end as censor_desc,
    case
        when not is_event and is_stopped and event_role = 'competing' then event_desc
    end as competing_event,
    case when days_before_index > 0 then days_before_index end as entry_days,
    days_from_index,
    case when not is_undecided then last_seen_days end as last_seen_days,
    case when not is_undecided then recorded_event_days end as recorded_event_days,
    coalesce(not is_stopped and event_role = 'event', false) as is_late_event,
    coalesce(is_ruled and not is_stopped and censoring_days > last_seen_days, false)
        as is_credited,
    case
        when is_undecided then 'not evaluable: no date of ' || undated_events
        when index_day is null then 'not evaluable: no index day'
        when unrecorded_events is not null
        then 'not evaluable: ' || studyid || ' does not record ' || unrecorded_events
        when unassessed_events is not null
        then 'not evaluable: no baseline for ' || unassessed_events
        when is_stopped is null and event_days is not null
        then 'not evaluable: no last visit, from which the follow-up rule counts'
        when is_stopped is null
        then 'not evaluable: neither an event day nor a last follow-up'
        when days_before_index is null
        then 'not evaluable: no day of ' || time_zero || ', where the clock starts'
    end as note

from ended
