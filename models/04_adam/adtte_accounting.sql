-- Every subject is counted once. Time ends before day 1 where an event, or else the
-- last follow-up, lies before it.

with

parameters as (

    select distinct
        paramn,
        paramcd,
        rule,
        source_paramcd,
        threshold

    from {{ ref('time_to_event_parameters') }}

),

baselines as (

    select
        usubjid,
        paramcd,
        aval as base

    from {{ ref('adqs') }}
    where ablfl = 'Y'

),

last_values as (

    select
        usubjid,
        paramcd,
        max(ady) as ady

    from {{ ref('adqs') }}
    where aval is not null
    group by usubjid, paramcd

),

first_events as (

    select
        events.usubjid,
        parameters.paramcd,
        min(events.ady) as ady

    from {{ ref('event_days') }} as events
    inner join {{ ref('time_to_event_parameters') }} as parameters
        on events.event = parameters.event and parameters.rule = 'event'
    group by events.usubjid, parameters.paramcd

),

judged as (

    select
        adsl.studyid,
        adsl.usubjid,
        parameters.paramn,
        parameters.paramcd,
        adtte.cnsr,
        case
            when adtte.usubjid is not null then 'row'
            when parameters.rule = 'event'
                and coalesce(first_events.ady, adsl.lstcnady) < 1
            then 'before day 1'
            when parameters.rule = 'event' then 'no day'
            when baselines.base is null then 'no baseline'
            when parameters.rule = 'stage' and baselines.base >= parameters.threshold
            then 'already there'
            when last_values.ady < 1 then 'before day 1'
            else 'not explained'
        end as outcome

    from {{ ref('adsl') }} as adsl
    cross join parameters
    left join baselines
        on adsl.usubjid = baselines.usubjid
        and parameters.source_paramcd = baselines.paramcd
    left join last_values
        on adsl.usubjid = last_values.usubjid
        and parameters.source_paramcd = last_values.paramcd
    left join first_events
        on adsl.usubjid = first_events.usubjid
        and parameters.paramcd = first_events.paramcd
    left join {{ ref('adtte') }} as adtte
        on adsl.usubjid = adtte.usubjid and parameters.paramcd = adtte.paramcd

)

select
    studyid,
    paramn,
    paramcd,
    count(*) as n_subjects,
    count(*) filter (where outcome = 'row') as n_rows,
    count(*) filter (where cnsr = 0) as n_events,
    count(*) filter (where outcome = 'no day') as n_without_day,
    count(*) filter (where outcome = 'before day 1') as n_before_day_1,
    count(*) filter (where outcome = 'no baseline') as n_without_baseline,
    count(*) filter (where outcome = 'already there') as n_already_there,
    count(*) filter (where outcome = 'not explained') as n_not_explained

from judged
group by studyid, paramn, paramcd
