-- APID is the subject and the kind of relative: two aunts cannot be distinguished. A
-- line that names a disease and no relative is one row for RELATIVE; a line that names
-- neither has no row here and counts for SUPPDM FAMHXALS. A volunteer is no relative.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

families as (

    select
        *,
        case
            when upper(neurological_disease) = 'OTHER'
            then coalesce(
                neurological_disease_other,
                family_hx_of_neuro_disease_other,
                neurological_disease
            )
            else coalesce(
                neurological_disease,
                neurological_disease_other,
                family_hx_of_neuro_disease_other
            )
        end as disease

    from ({{ kept('stg_proact__familyhistory') }})

),

relative_flags as (

    unpivot (
        select
            subject_id,
            row_number,
            family_history_delta,
            disease,
            {{ seed_values('relatives', 'proact_column') | join(',\n            ') }}
        from families
    )
    on {{ seed_values('relatives', 'proact_column') | join(', ') }}
    into name column_name value has_it

),

named as (

    select
        relative_flags.subject_id,
        relative_flags.row_number,
        relative_flags.family_history_delta,
        relative_flags.disease,
        relatives.srel

    from relative_flags
    inner join {{ ref('relatives') }} as relatives
        on relative_flags.column_name = relatives.proact_column
    where relative_flags.has_it

),

not_named as (

    select
        families.subject_id,
        families.row_number,
        families.family_history_delta,
        families.disease,
        'RELATIVE' as srel

    from families
    left join named on families.row_number = named.row_number
    where named.row_number is null and families.disease is not null

),

persons as (

    select * from named
    union all
    select * from not_named

)

select
    subjects.studyid,
    'APMH' as domain,
    subjects.usubjid || '-' || persons.srel as apid,
    row_number() over (
        partition by subjects.usubjid, persons.srel order by persons.row_number
    ) as mhseq,
    'FAMILYHISTORY-' || cast(persons.row_number as varchar) as mhspid,
    subjects.usubjid as rsubjid,
    persons.srel,
    upper(coalesce(persons.disease, 'NEUROLOGICAL DISEASE, NOT STATED')) as mhterm,
    case
        when upper(persons.disease) = 'ALS' then 'AMYOTROPHIC LATERAL SCLEROSIS'
    end as mhdecod,
    {{ study_day('persons.family_history_delta') }} as mhdy

from persons
inner join subjects
    on subjects.source = 'proact' and persons.subject_id = subjects.subjid
