-- PRO-ACT masks what the active arms received; its one row per subject starts on the
-- day of its TREATMENT row, and a subject without that row has no exposure. When it
-- ended is not known. A dose of a site ends on the day that it is given.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

proact as (

    select
        studyid,
        usubjid,
        'TREATMENT' as exspid,
        case armcd
            when 'PLACEBO' then 'PLACEBO' when 'ACTIVE' then 'STUDY DRUG' else 'UNKNOWN'
        end as extrt,
        case armcd when 'PLACEBO' then cast(0 as double) end as exdose,
        treatment_day as start_day,
        false as is_one_day

    from subjects
    where has_treatment_row

),

site as (

    select
        subjects.studyid,
        subjects.usubjid,
        'DOSES-' || cast(doses.row_number as varchar) as exspid,
        coalesce(doses.treatment, 'STUDY DRUG') as extrt,
        doses.dose as exdose,
        {{ coded('DOSEUNIT', 'doses.dose_unit') }} as exdosu,
        {{ site_date('doses.dose_date') }} as exstdtc,
        {{ days_between('subjects.reference_date', 'doses.dose_date') }} as start_day,
        true as is_one_day

    from ({{ kept('stg_site__doses') }}) as doses
    inner join subjects
        on doses.source = subjects.source and doses.subject_id = subjects.subjid

),

both_sources as (

    select * from proact
    union all by name
    select * from site

)

select
    studyid,
    'EX' as domain,
    usubjid,
    row_number() over (
        partition by usubjid order by start_day nulls last, extrt, exspid
    ) as exseq,
    exspid,
    extrt,
    exdose,
    exdosu,
    cast(null as varchar) as exdosfrm,
    {{ epoch('start_day') }} as epoch,
    exstdtc,
    exstdtc as exendtc,
    {{ study_day('start_day') }} as exstdy,
    case when is_one_day then {{ study_day('start_day') }} end as exendy

from both_sources
