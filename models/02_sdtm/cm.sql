-- Riluzole was asked for by name: CMPRESP is Y and CMOCCUR the answer, from the
-- RILUZOLE table or a site's subjects.csv. A line that names several medications,
-- joined by semicolons, is one row for each. A dose that is not a number is CMDOSTXT.
-- CMDECOD is PRO-ACT's coded name; sites' names are not from a dictionary.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

proact_riluzole as (

    select
        subjects.studyid,
        subjects.usubjid,
        'RILUZOLE-' || cast(asked.row_number as varchar) as cmspid,
        'RILUZOLE' as cmtrt,
        true as is_coded,
        'RILUZOLE' as cmcat,
        'Y' as cmpresp,
        {{ coded('NY', 'asked.subject_used_riluzole') }} as cmoccur

    from ({{ kept('stg_proact__riluzole') }}) as asked
    inner join subjects
        on subjects.source = 'proact' and asked.subject_id = subjects.subjid
    where {{ coded('NY', 'asked.subject_used_riluzole') }} is not null

),

site_riluzole as (

    select
        subjects.studyid,
        subjects.usubjid,
        'SUBJECTS-' || cast(asked.row_number as varchar) as cmspid,
        'RILUZOLE' as cmtrt,
        true as is_coded,
        'RILUZOLE' as cmcat,
        'Y' as cmpresp,
        {{ coded('NY', 'asked.riluzole') }} as cmoccur

    from ({{ kept('stg_site__subjects') }}) as asked
    inner join subjects
        on asked.source = subjects.source and asked.subject_id = subjects.subjid
    where {{ coded('NY', 'asked.riluzole') }} is not null

),

proact_conmeds as (

    select
        subjects.studyid,
        subjects.usubjid,
        'CONMEDS-' || cast(taken.row_number as varchar) as cmspid,
        unnest(
            list_distinct(
                list_transform(
                    string_split(taken.medication_coded, ';'),
                    lambda part: upper(trim(part))
                )
            )
        ) as cmtrt,
        true as is_coded,
        'CONCOMITANT MEDICATION' as cmcat,
        {{ typed('taken.dose', 'number') }} as cmdose,
        case when {{ typed('taken.dose', 'number') }} is null then taken.dose end
            as cmdostxt,
        {{ coded('DOSEUNIT', 'taken.unit') }} as cmdosu,
        {{ coded('FREQ', 'taken.frequency') }} as cmdosfrq,
        {{ coded('ROUTE', 'taken.route') }} as cmroute,
        taken.start_delta as start_day,
        taken.stop_delta as end_day

    from ({{ kept('stg_proact__conmeds') }}) as taken
    inner join subjects
        on subjects.source = 'proact' and taken.subject_id = subjects.subjid
    where taken.medication_coded is not null

),

site_medications as (

    select
        subjects.studyid,
        subjects.usubjid,
        'MEDICATIONS-' || cast(taken.row_number as varchar) as cmspid,
        unnest(
            list_distinct(
                list_transform(
                    string_split(taken.medication, ';'),
                    lambda part: upper(trim(part))
                )
            )
        ) as cmtrt,
        false as is_coded,
        'CONCOMITANT MEDICATION' as cmcat,
        {{ staged_date('taken', 'start_date') }} as cmstdtc,
        {{ staged_date('taken', 'end_date') }} as cmendtc,
        {{ days_between('subjects.reference_date', 'taken.start_date') }} as start_day,
        {{ days_between('subjects.reference_date', 'taken.end_date') }} as end_day

    from ({{ kept('stg_site__medications') }}) as taken
    inner join subjects
        on taken.source = subjects.source and taken.subject_id = subjects.subjid

),

all_medications as (

    select * from proact_riluzole
    union all by name
    select * from site_riluzole
    union all by name
    select * from proact_conmeds
    union all by name
    select * from site_medications

)

select
    studyid,
    'CM' as domain,
    usubjid,
    row_number() over (
        partition by usubjid order by start_day nulls last, cmcat, cmspid, cmtrt
    ) as cmseq,
    cmspid,
    cmtrt,
    case when is_coded then cmtrt end as cmdecod,
    cmcat,
    cmpresp,
    cmoccur,
    cast(null as varchar) as cmindc,
    cmdose,
    cmdostxt,
    cmdosu,
    cmdosfrq,
    cmroute,
    {{ epoch('start_day') }} as epoch,
    cmstdtc,
    cmendtc,
    {{ study_day('start_day') }} as cmstdy,
    {{ study_day('end_day') }} as cmendy

from all_medications
where cmtrt <> ''
