-- One row per subject: demographics (SDTMIG 3.4, DM).
--
-- A subject whose arm was not released has no ARM and ARMNRS says so; a subject whose
-- sex was not recorded is U, SEX being required.

select
    studyid,
    'DM' as domain,
    usubjid,
    subjid,
    first_dose_date as rfstdtc,
    case
        when first_dose_date is not null and death_day is not null
        then first_dose_date + cast(death_day as integer)
    end as dthdtc,
    case when died = 'Y' then 'Y' end as dthfl,
    case when source = 'proact' then 'POOLED' else studyid end as siteid,
    cast(floor(age) as bigint) as age,
    case when age is not null then 'YEARS' end as ageu,
    coalesce(sex, 'U') as sex,
    race,
    ethnic,
    armcd,
    case armcd
        when 'ACTIVE' then 'Active'
        when 'PLACEBO' then 'Placebo'
        when 'TREATED' then 'Treated'
    end as arm,
    armcd as actarmcd,
    case armcd
        when 'ACTIVE' then 'Active'
        when 'PLACEBO' then 'Placebo'
        when 'TREATED' then 'Treated'
    end as actarm,
    case when armcd is null then 'NOT ASSIGNED' end as armnrs,
    country,
    {{ study_day('demographics_day') }} as dmdy

from {{ ref('int_subjects') }}
