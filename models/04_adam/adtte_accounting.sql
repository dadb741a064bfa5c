-- Every subject is counted once.

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

judged as (

    select
        adsl.studyid,
        adsl.usubjid,
        parameters.paramn,
        parameters.paramcd,
        adtte.cnsr,
        case
            when adtte.usubjid is not null then 'row'
            when parameters.rule = 'event' then 'no day'
            when baselines.base is null then 'no baseline'
            when parameters.rule = 'stage' and baselines.base >= parameters.threshold
            then 'already there'
            else 'not explained'
        end as outcome

    from {{ ref('adsl') }} as adsl
    cross join parameters
    left join baselines
        on adsl.usubjid = baselines.usubjid
        and parameters.source_paramcd = baselines.paramcd
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
    count(*) filter (where outcome = 'no baseline') as n_without_baseline,
    count(*) filter (where outcome = 'already there') as n_already_there,
    count(*) filter (where outcome = 'not explained') as n_not_explained

from judged
group by studyid, paramn, paramcd
