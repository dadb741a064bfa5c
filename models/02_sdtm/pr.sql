-- PRO-ACT records no procedures.

with

procedures as (

    select
        subjects.studyid,
        subjects.usubjid,
        'EVENTS-' || cast(events.row_number as varchar) as prspid,
        events.event as prtrt,
        {{ coded('PRDECOD', 'events.event') }} as prdecod,
        {{ staged_date('events', 'event_date') }} as prstdtc,
        {{ days_between('subjects.reference_date', 'events.event_date') }} as start_day

    from ({{ kept('stg_site__events') }}) as events
    inner join {{ ref('int_subjects') }} as subjects
        on events.source = subjects.source and events.subject_id = subjects.subjid
    where {{ coded('PRDECOD', 'events.event') }} is not null

)

select
    studyid,
    'PR' as domain,
    usubjid,
    row_number() over (
        partition by usubjid order by start_day nulls last, prdecod, prspid
    ) as prseq,
    prspid,
    prtrt,
    prdecod,
    {{ epoch('start_day') }} as epoch,
    prstdtc,
    cast(null as varchar) as prendtc,
    {{ study_day('start_day') }} as prstdy,
    cast(null as bigint) as prendy

from procedures
