-- One row per subject and time to event, from trial entry or the first dose (ADaMIG
-- 1.3, BDS-TTE).
--
-- AVAL = event or censoring day - day 0, in days, a difference. CNSR 0 is an event.
-- Censored at last follow-up; a subject with neither event day nor follow-up has no
-- row. OSVENT is also ended by tracheostomy or permanent ventilation, where recorded.

with

parameters as (

    select
        'OS' as paramcd,
        'Overall Survival (days)' as param,
        'DEATH' as event

    union all

    select
        'OSVENT' as paramcd,
        'Survival Without Tracheostomy or Ventilation (days)' as param,
        unnest(
            ['DEATH', 'TRACHEOSTOMY', 'INVASIVE MECHANICAL VENTILATION']
        ) as event

),

first_events as (

    select
        events.usubjid,
        parameters.paramcd,
        parameters.param,
        events.event,
        events.ady,
        events.srcdom,
        events.srcvar,
        events.srcseq,
        row_number() over (
            partition by events.usubjid, parameters.paramcd
            order by events.ady, events.event
        ) as event_rank

    from {{ ref('event_days') }} as events
    inner join parameters on events.event = parameters.event

),

subjects as (

    select
        adsl.*,
        parameters.paramcd,
        parameters.param

    from {{ ref('adsl') }} as adsl
    cross join (select distinct paramcd, param from parameters) as parameters

),

last_assessments as (

    select
        usubjid,
        max(qsseq) filter (where qsdy is not null) as qsseq,
        max(qsdy) as ady

    from {{ ref('qs') }}
    group by usubjid

)

select
    subjects.studyid,
    subjects.usubjid,
    row_number() over (
        partition by subjects.usubjid order by subjects.paramcd
    ) as aseq,
    subjects.trt01p as trtp,
    subjects.trt01a as trta,
    subjects.param,
    subjects.paramcd,
    {{ rel_day('coalesce(first_events.ady, subjects.lstcnady)') }} as aval,
    cast(1 as bigint) as startdy,
    coalesce(first_events.ady, subjects.lstcnady) as ady,
    case when first_events.ady is not null then 0 else 1 end as cnsr,
    first_events.event as evntdesc,
    case
        when first_events.ady is not null then null
        when last_assessments.ady = subjects.lstcnady then 'LAST ALSFRS ASSESSMENT'
        else 'LAST CONTACT'
    end as cnsdtdsc,
    case
        when first_events.ady is not null then first_events.srcdom
        when last_assessments.ady = subjects.lstcnady then 'QS'
        else 'DS'
    end as srcdom,
    case
        when first_events.ady is not null then first_events.srcvar
        when last_assessments.ady = subjects.lstcnady then 'QSDY'
        else 'DSSTDY'
    end as srcvar,
    case
        when first_events.ady is not null then first_events.srcseq
        when last_assessments.ady = subjects.lstcnady then last_assessments.qsseq
        else contacts.dsseq
    end as srcseq

from subjects
left join first_events
    on subjects.usubjid = first_events.usubjid
    and subjects.paramcd = first_events.paramcd
    and first_events.event_rank = 1
left join last_assessments on subjects.usubjid = last_assessments.usubjid
left join (
    select
        usubjid,
        dsstdy,
        max(dsseq) as dsseq
    from {{ ref('ds') }}
    where dsdecod = 'LAST CONTACT'
    group by usubjid, dsstdy
) as contacts
    on subjects.usubjid = contacts.usubjid and subjects.lstcnady = contacts.dsstdy
where coalesce(first_events.ady, subjects.lstcnady) is not null
