-- A severity, outcome or causality is kept as delivered where it differs from the term
-- of AE: read as another one, or in no codelist; seriousness and its criteria where
-- they are in none.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

proact as (

    select
        subjects.usubjid,
        'ADVERSEEVENTS-' || cast(events.row_number as varchar) as aespid,
        events.severity,
        events.outcome,
        events.soc_abbreviation,
        events.soc_code

    from ({{ kept('stg_proact__adverseevents') }}) as events
    inner join subjects
        on subjects.source = 'proact' and events.subject_id = subjects.subjid

),

site as (

    select
        subjects.usubjid,
        'ADVERSE_EVENTS-' || cast(events.row_number as varchar) as aespid,
        events.severity,
        events.outcome,
        events.causality,
        events.serious,
        events.congenital_anomaly,
        events.disability,
        events.hospitalised,
        events.life_threatening,
        events.medically_important

    from ({{ kept('stg_site__adverse_events') }}) as events
    inner join subjects
        on events.source = subjects.source and events.subject_id = subjects.subjid

),

delivered as (

    select * from proact
    union all by name
    select * from site

),

described as (

    select
        ae.studyid,
        ae.usubjid,
        ae.aeseq,
        case
            when coalesce(upper(delivered.severity) <> ae.aesev, true)
            then delivered.severity
        end as severity,
        case
            when coalesce(upper(delivered.outcome) <> ae.aeout, true)
            then delivered.outcome
        end as outcome,
        case
            when coalesce(upper(delivered.causality) <> ae.aerel, true)
            then delivered.causality
        end as causality,
        case when ae.aeser is null then delivered.serious end as serious,
        case when ae.aescong is null then delivered.congenital_anomaly end
            as congenital_anomaly,
        case when ae.aesdisab is null then delivered.disability end as disability,
        case when ae.aeshosp is null then delivered.hospitalised end as hospitalised,
        case when ae.aeslife is null then delivered.life_threatening end
            as life_threatening,
        case when ae.aesmie is null then delivered.medically_important end
            as medically_important,
        delivered.soc_abbreviation,
        case when ae.aesoccd is null then delivered.soc_code end as soc_code

    from delivered
    inner join {{ ref('ae') }} as ae
        on delivered.usubjid = ae.usubjid and delivered.aespid = ae.aespid

),

qualifiers as (

    {% for qnam, qlabel, column in [
        ('AESEVOR', 'Severity as Delivered', 'severity'),
        ('AEOUTOR', 'Outcome as Delivered', 'outcome'),
        ('AERELOR', 'Causality as Delivered', 'causality'),
        ('AESEROR', 'Seriousness as Delivered', 'serious'),
        ('AESCONOR', 'Congenital Anomaly as Delivered', 'congenital_anomaly'),
        ('AESDISOR', 'Disability as Delivered', 'disability'),
        ('AESHSPOR', 'Hospitalization as Delivered', 'hospitalised'),
        ('AESLIFOR', 'Life Threatening as Delivered', 'life_threatening'),
        ('AESMIEOR', 'Medically Important as Delivered', 'medically_important'),
        ('AESOCAB', 'System Organ Class Abbreviation', 'soc_abbreviation'),
        ('AESOCOR', 'System Organ Class Code as Delivered', 'soc_code'),
    ] -%}
    select
        studyid,
        usubjid,
        aeseq,
        '{{ qnam }}' as qnam,
        '{{ qlabel }}' as qlabel,
        {{ column }} as qval
    from described
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select
    studyid,
    'AE' as rdomain,
    usubjid,
    'AESEQ' as idvar,
    cast(aeseq as varchar) as idvarval,
    qnam,
    qlabel,
    qval,
    'CRF' as qorig,
    cast(null as varchar) as qeval

from qualifiers
where qval is not null
