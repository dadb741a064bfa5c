-- PRO-ACT records how an assessment was administered and who responded. An assessment
-- is all rows of one QSSPID, so a qualifier belongs to these.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

assessments as (

    select distinct
        studyid,
        usubjid,
        qsspid
    from {{ ref('qs') }}

),

described as (

    select
        subjects.usubjid,
        'ALSFRS-' || cast(delivered.row_number as varchar) as qsspid,
        delivered.mode_of_administration,
        delivered.alsfrs_responded_by

    from ({{ kept('stg_proact__alsfrs') }}) as delivered
    inner join subjects
        on subjects.source = 'proact' and delivered.subject_id = subjects.subjid

),

qualifiers as (

    select
        usubjid,
        qsspid,
        'QSMODE' as qnam,
        'Mode of Administration' as qlabel,
        mode_of_administration as qval
    from described

    union all

    select
        usubjid,
        qsspid,
        'QSRESPBY' as qnam,
        'Responded By' as qlabel,
        alsfrs_responded_by as qval
    from described

)

select
    assessments.studyid,
    'QS' as rdomain,
    assessments.usubjid,
    'QSSPID' as idvar,
    assessments.qsspid as idvarval,
    qualifiers.qnam,
    qualifiers.qlabel,
    qualifiers.qval,
    'CRF' as qorig,
    cast(null as varchar) as qeval

from qualifiers
inner join assessments
    on qualifiers.usubjid = assessments.usubjid
    and qualifiers.qsspid = assessments.qsspid
where qualifiers.qval is not null
