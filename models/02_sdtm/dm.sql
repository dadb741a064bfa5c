-- A subject whose arm was not released has no ARM, with the reason in ARMNRS; a subject
-- whose sex was not recorded is U, SEX being required. Dates are those of sites:
-- treatment and its reference period run from the first dose to the last, the reference
-- period of a registry from the enrolment on; participation ends with the last visit,
-- event or dose. A country that is not an ISO 3166 code is
-- null.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

deaths as (

    select
        source,
        subject_id,
        max(event_date) as death_date

    from ({{ kept('stg_site__events') }})
    where {{ coded('DSDECOD', 'event') }} = 'DEATH'
    group by source, subject_id

),

last_doses as (

    select
        source,
        subject_id,
        max(dose_date) as dose_date

    from ({{ kept('stg_site__doses') }})
    group by source, subject_id

),

contacts as (

    select
        source,
        subject_id,
        visit_date as contact_date
    from ({{ kept('stg_site__visits') }})

    union all

    select
        source,
        subject_id,
        event_date as contact_date
    from ({{ kept('stg_site__events') }})

    union all

    select
        source,
        subject_id,
        dose_date as contact_date
    from last_doses

),

last_contacts as (

    select
        source,
        subject_id,
        max(contact_date) as contact_date

    from contacts
    group by source, subject_id

)

select
    subjects.studyid,
    'DM' as domain,
    subjects.usubjid,
    subjects.subjid,
    {{ site_date('subjects.reference_date') }} as rfstdtc,
    case
        when subjects.is_registry then {{ site_date('last_contacts.contact_date') }}
        else {{ site_date('last_doses.dose_date') }}
    end as rfendtc,
    {{ site_date('subjects.first_dose_date') }} as rfxstdtc,
    {{ site_date('last_doses.dose_date') }} as rfxendtc,
    cast(null as varchar) as rficdtc,
    {{ site_date('last_contacts.contact_date') }} as rfpendtc,
    {{ site_date('deaths.death_date') }} as dthdtc,
    case when subjects.died = 'Y' then 'Y' end as dthfl,
    case when subjects.source = 'proact' then 'POOLED' else subjects.studyid end
        as siteid,
    cast(floor(subjects.age) as bigint) as age,
    case when subjects.age is not null then 'YEARS' end as ageu,
    coalesce(subjects.sex, 'U') as sex,
    subjects.race,
    subjects.ethnic,
    subjects.armcd,
    case subjects.armcd
        when 'ACTIVE' then 'Active'
        when 'PLACEBO' then 'Placebo'
        when 'TREATED' then 'Treated'
    end as arm,
    subjects.armcd as actarmcd,
    case subjects.armcd
        when 'ACTIVE' then 'Active'
        when 'PLACEBO' then 'Placebo'
        when 'TREATED' then 'Treated'
    end as actarm,
    case
        when subjects.armcd is null
        then coalesce(subjects.no_arm_reason, 'NOT ASSIGNED')
    end as armnrs,
    cast(null as varchar) as actarmud,
    {{ controlled('COUNTRY', 'subjects.country') }} as country,
    {{ study_day('subjects.demographics_day') }} as dmdy

from subjects
left join deaths
    on subjects.source = deaths.source and subjects.subjid = deaths.subject_id
left join last_doses
    on subjects.source = last_doses.source and subjects.subjid = last_doses.subject_id
left join last_contacts
    on subjects.source = last_contacts.source
    and subjects.subjid = last_contacts.subject_id
