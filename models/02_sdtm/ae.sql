-- A severity or outcome that is in no codelist leaves its coded column null and is
-- listed in quality.unmapped_terms; SUPPAE keeps the word. AESDTH is derived from the
-- outcome; the other criteria of a serious event are those that the site records.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

proact as (

    select
        subjects.studyid,
        subjects.usubjid,
        'ADVERSEEVENTS-' || cast(events.row_number as varchar) as aespid,
        coalesce(events.lowest_level_term, events.preferred_term) as aeterm,
        events.lowest_level_term as aellt,
        events.preferred_term as aedecod,
        events.high_level_term as aehlt,
        events.high_level_group_term as aehlgt,
        events.system_organ_class as aebodsys,
        {{ typed('events.soc_code', 'number') }} as aesoccd,
        {{ coded('AESEV', 'events.severity') }} as aesev,
        {{ coded('OUT', 'events.outcome') }} as aeout,
        events.start_date_delta as start_day,
        events.end_date_delta as end_day

    from ({{ kept('stg_proact__adverseevents') }}) as events
    inner join subjects
        on subjects.source = 'proact' and events.subject_id = subjects.subjid

),

site as (

    select
        subjects.studyid,
        subjects.usubjid,
        'ADVERSE_EVENTS-' || cast(events.row_number as varchar) as aespid,
        events.term as aeterm,
        events.preferred_term as aedecod,
        events.system_organ_class as aebodsys,
        {{ coded('AESEV', 'events.severity') }} as aesev,
        {{ coded('NY', 'events.serious') }} as aeser,
        {{ coded('AEREL', 'events.causality') }} as aerel,
        {{ coded('OUT', 'events.outcome') }} as aeout,
        {{ coded('NY', 'events.congenital_anomaly') }} as aescong,
        {{ coded('NY', 'events.disability') }} as aesdisab,
        {{ coded('NY', 'events.hospitalised') }} as aeshosp,
        {{ coded('NY', 'events.life_threatening') }} as aeslife,
        {{ coded('NY', 'events.medically_important') }} as aesmie,
        {{ staged_date('events', 'start_date') }} as aestdtc,
        {{ staged_date('events', 'end_date') }} as aeendtc,
        {{ days_between('subjects.reference_date', 'events.start_date') }}
            as start_day,
        {{ days_between('subjects.reference_date', 'events.end_date') }} as end_day

    from ({{ kept('stg_site__adverse_events') }}) as events
    inner join subjects
        on events.source = subjects.source and events.subject_id = subjects.subjid

),

both_sources as (

    select * from proact
    union all by name
    select * from site

)

select
    studyid,
    'AE' as domain,
    usubjid,
    row_number() over (
        partition by usubjid order by start_day nulls last, aedecod, aespid
    ) as aeseq,
    aespid,
    aeterm,
    aellt,
    cast(null as double) as aelltcd,
    aedecod,
    cast(null as double) as aeptcd,
    aehlt,
    cast(null as double) as aehltcd,
    aehlgt,
    cast(null as double) as aehlgtcd,
    aebodsys,
    aesoccd as aebdsycd,
    aebodsys as aesoc,
    aesoccd,
    aesev,
    aeser,
    cast(null as varchar) as aeacn,
    aerel,
    aeout,
    aescong,
    aesdisab,
    case when aeout = 'FATAL' then 'Y' when aeout <> 'UNKNOWN' then 'N' end as aesdth,
    aeshosp,
    aeslife,
    aesmie,
    {{ epoch('start_day') }} as epoch,
    aestdtc,
    aeendtc,
    {{ study_day('start_day') }} as aestdy,
    {{ study_day('end_day') }} as aeendy

from both_sources
