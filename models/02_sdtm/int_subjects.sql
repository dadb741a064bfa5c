-- Where several rows describe one subject, the first value in file order that is filled
-- counts; of several death days, the latest. A site's subject is treated if it was
-- dosed, unless its arm says otherwise or every dose was a placebo; day 0 is the first
-- dose other than a placebo, in a registry the enrolment, or where that is not known
-- the first visit.

with

proact_subjects as (

    {% for table in proact_tables() %}
    select subject_id from ({{ kept('stg_proact__' ~ table) }})
    {{ 'union' if not loop.last }}
    {% endfor %}

),

demographics as (

    select
        subject_id,
        {{ first_known('age') }} as age,
        {{ first_known('date_of_birth') }} as date_of_birth,
        {{ first_known('sex') }} as sex,
        {{ first_known('ethnicity') }} as ethnicity,
        {{ first_known('demographics_delta') }} as demographics_day,
        list_filter(
            [
                case
                    when bool_or(race_americ_indian_alaska_native)
                    then 'AMERICAN INDIAN OR ALASKA NATIVE'
                end,
                case when bool_or(race_asian) then 'ASIAN' end,
                case
                    when bool_or(race_black_african_american)
                    then 'BLACK OR AFRICAN AMERICAN'
                end,
                case
                    when bool_or(race_hawaiian_pacific_islander)
                    then 'NATIVE HAWAIIAN OR OTHER PACIFIC ISLANDER'
                end,
                case when bool_or(race_caucasian) then 'WHITE' end,
                case when bool_or(race_other) then 'OTHER' end
            ],
            lambda race: race is not null
        ) as races,
        bool_or(race_unknown) as is_race_unknown

    from ({{ kept('stg_proact__demographics') }})
    group by subject_id

),

arms as (

    select
        subject_id,
        {{ first_known('study_arm') }} as study_arm,
        {{ first_known('treatment_group_delta') }} as treatment_day,
        count(distinct study_arm) as n_arms

    from ({{ kept('stg_proact__treatment') }})
    group by subject_id

),

deaths as (

    select
        subject_id,
        max({{ coded('NY', 'subject_died') }}) as died,
        max(death_days) filter (
            where {{ coded('NY', 'subject_died') }} = 'Y'
        ) as death_day,
        count(distinct death_days) filter (
            where {{ coded('NY', 'subject_died') }} = 'Y'
        ) as n_death_days

    from ({{ kept('stg_proact__deathdata') }})
    group by subject_id

),

categories as (

    select
        subject_id,
        {{ first_known('el_escorial') }} as el_escorial,
        count(distinct {{ coded('ELESCOR', 'el_escorial') }}) as n_categories

    from ({{ kept('stg_proact__elescorial') }})
    group by subject_id

),

proact as (

    select
        'proact' as source,
        'PROACT' as studyid,
        'PROACT-' || proact_subjects.subject_id as usubjid,
        proact_subjects.subject_id as subjid,
        false as is_registry,
        false as is_first_dose_undated,
        false as is_without_dates,
        coalesce(demographics.age, -demographics.date_of_birth / 365.25) as age,
        {{ coded('SEX', 'demographics.sex') }} as sex,
        case
            when len(demographics.races) = 1 then demographics.races[1]
            when len(demographics.races) > 1 then 'OTHER'
            when demographics.is_race_unknown then 'UNKNOWN'
        end as race,
        demographics.races,
        {{ coded('ETHNIC', 'demographics.ethnicity') }} as ethnic,
        {{ coded('ARMCD', 'arms.study_arm') }} as armcd,
        'NOT ASSIGNED' as no_arm_reason,
        arms.subject_id is not null as has_treatment_row,
        arms.treatment_day,
        coalesce(arms.n_arms, 0) as n_arms,
        {{ coded('ELESCOR', 'categories.el_escorial') }} as el_escorial,
        coalesce(categories.n_categories, 0) as n_el_escorial,
        demographics.demographics_day,
        deaths.died,
        deaths.death_day,
        coalesce(deaths.n_death_days, 0) as n_death_days

    from proact_subjects
    left join demographics on proact_subjects.subject_id = demographics.subject_id
    left join arms on proact_subjects.subject_id = arms.subject_id
    left join deaths on proact_subjects.subject_id = deaths.subject_id
    left join categories on proact_subjects.subject_id = categories.subject_id

),

site_subjects as (

    {% for table in site_tables() %}
    select source, subject_id from ({{ kept('stg_site__' ~ table) }})
    {{ 'union' if not loop.last }}
    {% endfor %}

),

described as (

    select
        source,
        subject_id,
        {{ first_known('age_at_first_dose') }} as age,
        {{ first_known('sex') }} as sex,
        {{ first_known('race') }} as race,
        {{ first_known('country') }} as country,
        {{ first_known('el_escorial') }} as el_escorial,
        {{ first_known(coded('SITEARM', 'arm')) }} as arm,
        {{ first_known('enrolment_date') }} as enrolment_date,
        {{ first_known(partial_date('rejected_values', 'enrolment_date')) }}
            as partial_enrolment_date,
        {{ first_known(coded('NY', 'ftd')) }} as ftd,
        {{ first_known(coded('NY', 'days_only')) }} = 'Y' as is_without_dates

    from ({{ kept('stg_site__subjects') }})
    group by source, subject_id

),

dated_doses as (

    select
        source,
        subject_id,
        coalesce(
            min(dose_date) filter (where not {{ is_placebo('treatment', 'dose') }}),
            min(dose_date)
        ) as first_dose_date,
        min_by(dose_number, dose_date) as first_dose_number,
        max(dose_date) as last_dose_date,
        bool_and({{ is_placebo('treatment', 'dose') }}) as is_placebo_only

    from ({{ kept('stg_site__doses') }})
    group by source, subject_id

),

-- Doses whose date cannot be read, or cannot be: their rows are rejected.
undated_doses as (

    select
        source,
        subject_id,
        case when count(*) = count(dose_number) then min(dose_number) end
            as first_dose_number

    from {{ ref('stg_site__doses') }}
    where row_status = 'rejected'
        and subject_id is not null
        and starts_with(row_reason, 'no usable dose_date')
    group by source, subject_id

),

-- The day of a later dose is not day 0: where an undated dose may be the first, day 0
-- is not known.
first_doses as (

    select
        coalesce(dated_doses.source, undated_doses.source) as source,
        coalesce(dated_doses.subject_id, undated_doses.subject_id) as subject_id,
        dated_doses.is_placebo_only,
        dated_doses.last_dose_date,
        undated_doses.subject_id is not null
        and coalesce(
            undated_doses.first_dose_number <= dated_doses.first_dose_number, true
        ) as is_first_dose_undated,
        case
            when not is_first_dose_undated then dated_doses.first_dose_date
        end as first_dose_date

    from dated_doses
    full join undated_doses
        on dated_doses.source = undated_doses.source
        and dated_doses.subject_id = undated_doses.subject_id

),

first_visits as (

    select
        source,
        subject_id,
        min(visit_date) as visit_date

    from ({{ kept('stg_site__visits') }})
    group by source, subject_id

),

site_deaths as (

    select
        source,
        subject_id,
        max(event_date) as death_date,
        count(distinct event_date) as n_death_days

    from ({{ kept('stg_site__events') }})
    where {{ coded('DSDECOD', 'event') }} = 'DEATH'
    group by source, subject_id

),

site as (

    select
        site_subjects.source,
        upper(site_subjects.source) as studyid,
        upper(site_subjects.source) || '-' || site_subjects.subject_id as usubjid,
        site_subjects.subject_id as subjid,
        coalesce(roles.role = 'registry', false) as is_registry,
        case
            when is_registry
            then coalesce(described.enrolment_date, first_visits.visit_date)
            else first_doses.first_dose_date
        end as reference_date,
        first_doses.first_dose_date,
        {{ days_between('reference_date', 'first_doses.last_dose_date') }}
            as last_dose_day,
        coalesce(first_doses.is_first_dose_undated, false) as is_first_dose_undated,
        coalesce(described.is_without_dates, false) as is_without_dates,
        described.age,
        {{ coded('SEX', 'described.sex') }} as sex,
        {{ coded('RACE', 'described.race') }} as race,
        [{{ coded('RACE', 'described.race') }}] as races,
        case
            when described.arm = 'PLACEBO' then 'PLACEBO'
            when described.arm in ('SCRNFAIL', 'NOTASSGN', 'NOTTRT') then null
            when first_doses.is_placebo_only then 'PLACEBO'
            when first_doses.first_dose_date is not null then 'TREATED'
        end as armcd,
        case described.arm
            when 'SCRNFAIL' then 'SCREEN FAILURE'
            when 'NOTTRT' then 'ASSIGNED, NOT TREATED'
            else 'NOT ASSIGNED'
        end as no_arm_reason,
        false as has_treatment_row,
        cast(0 as bigint) as n_arms,
        described.country,
        {{ coded('ELESCOR', 'described.el_escorial') }} as el_escorial,
        described.ftd,
        described.enrolment_date,
        described.partial_enrolment_date,
        {{ days_between('reference_date', 'described.enrolment_date') }}
            as enrolment_day,
        cast(0 as bigint) as n_el_escorial,
        case when site_deaths.source is not null then 'Y' else 'N' end as died,
        {{ days_between('reference_date', 'site_deaths.death_date') }} as death_day,
        coalesce(site_deaths.n_death_days, 0) as n_death_days

    from site_subjects
    left join {{ ref('site_roles') }} as roles
        on site_subjects.source = lower(roles.site)
    left join described
        on site_subjects.source = described.source
        and site_subjects.subject_id = described.subject_id
    left join first_doses
        on site_subjects.source = first_doses.source
        and site_subjects.subject_id = first_doses.subject_id
    left join first_visits
        on site_subjects.source = first_visits.source
        and site_subjects.subject_id = first_visits.subject_id
    left join site_deaths
        on site_subjects.source = site_deaths.source
        and site_subjects.subject_id = site_deaths.subject_id

),

both_sources as (

    select * from proact
    union all by name
    select * from site

)

select * from both_sources
