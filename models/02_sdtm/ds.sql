-- A death without a day is a row without DSSTDY. PRO-ACT carries no completion, and
-- none is inferred. A milestone lies between two epochs and has none.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

randomized as (

    select
        studyid,
        usubjid,
        'TREATMENT' as dsspid,
        'RANDOMIZED' as dsterm,
        'RANDOMIZED' as dsdecod,
        'PROTOCOL MILESTONE' as dscat,
        treatment_day as start_day

    from subjects
    where has_treatment_row

),

proact_deaths as (

    select
        studyid,
        usubjid,
        'DEATHDATA' as dsspid,
        'DEATH' as dsterm,
        'DEATH' as dsdecod,
        'DISPOSITION EVENT' as dscat,
        death_day as start_day

    from subjects
    where source = 'proact' and died = 'Y'

),

enrolments as (

    select
        studyid,
        usubjid,
        'SUBJECTS' as dsspid,
        'ENTERED INTO TRIAL' as dsterm,
        'ENTERED INTO TRIAL' as dsdecod,
        'PROTOCOL MILESTONE' as dscat,
        coalesce({{ site_date('enrolment_date') }}, partial_enrolment_date) as dsstdtc,
        enrolment_day as start_day

    from subjects
    where enrolment_date is not null or partial_enrolment_date is not null

),

site_events as (

    select
        subjects.studyid,
        subjects.usubjid,
        'EVENTS-' || cast(events.row_number as varchar) as dsspid,
        events.event as dsterm,
        {{ coded('DSDECOD', 'events.event') }} as dsdecod,
        case {{ coded('DSDECOD', 'events.event') }}
            when 'LAST CONTACT' then 'OTHER EVENT' else 'DISPOSITION EVENT'
        end as dscat,
        {{ staged_date('events', 'event_date') }} as dsstdtc,
        {{ days_between('subjects.reference_date', 'events.event_date') }} as start_day

    from ({{ kept('stg_site__events') }}) as events
    inner join subjects
        on events.source = subjects.source and events.subject_id = subjects.subjid
    where {{ coded('DSDECOD', 'events.event') }} is not null

),

all_events as (

    select * from randomized
    union all by name
    select * from proact_deaths
    union all by name
    select * from enrolments
    union all by name
    select * from site_events

)

select
    studyid,
    'DS' as domain,
    usubjid,
    row_number() over (
        partition by usubjid order by start_day nulls last, dsdecod, dsspid
    ) as dsseq,
    dsspid,
    dsterm,
    dsdecod,
    dscat,
    case when dscat = 'DISPOSITION EVENT' then 'STUDY PARTICIPATION' end as dsscat,
    case when dscat <> 'PROTOCOL MILESTONE' then {{ epoch('start_day') }} end as epoch,
    dsstdtc,
    {{ study_day('start_day') }} as dsstdy

from all_events
