-- For all subjects: three assessments on the same days with the same items, whose
-- scores are not all equal, and no difference in sex. Or the same sex and the same days
-- of onset and diagnosis together with, within a site, the same first dose; between
-- sites, that or the same date of birth; in PRO-ACT, the same age, arm and death. Both
-- subjects are kept, and counted twice.

with

assessments as (

    {{ delivered_assessments() }}

),

courses as (

    select
        case when table_name = 'alsfrs' then 'proact' else 'site' end as kind,
        source,
        subject_id,
        day,
        -- the original scale has only the first nine in common with the revised one
        [{{ alsfrs_items() | join(', ') }}] as items

    from assessments
    where day is not null
        and {{ (alsfrs_items() | list)[:9] | join(' + ') }} is not null
    group by all

),

-- Assessments with equal scores do not identify a person: two different ones do.
shared as (

    select
        courses.source,
        courses.subject_id,
        others.source as other_source,
        others.subject_id as other_subject_id,
        count(*) as n_shared,
        count(distinct courses.items) as n_different

    from courses
    inner join courses as others
        on courses.kind = others.kind
        and courses.day = others.day
        and courses.items = others.items
    where (courses.source, courses.subject_id) < (others.source, others.subject_id)
    group by all
    having count(*) >= 3 and count(distinct courses.items) >= 2

),

first_doses as (

    select
        source,
        subject_id,
        min(dose_date) as first_dose

    from ({{ staged_kept('stg_site__doses') }})
    group by source, subject_id

),

patients as (

    select
        source,
        subject_id,
        {{ first_known('coalesce(' ~ coded('SEX', 'sex') ~ ', upper(sex))') }} as sex,
        {{ first_known('age_at_first_dose') }} as age,
        {{ first_known('onset_date') }} as onset_date,
        {{ first_known('diagnosis_date') }} as diagnosis_date

    from ({{ staged_kept('stg_site__subjects') }})
    group by source, subject_id

),

dosed as (

    select
        patients.*,
        first_doses.first_dose,
        first_doses.first_dose - cast(365.25 * patients.age as integer) as birth_date

    from patients
    left join first_doses
        on patients.source = first_doses.source
        and patients.subject_id = first_doses.subject_id

),

-- The age is in whole years at two doses: birthdays may seem a year apart. At one site
-- two patients are distinguished by their first dose.
same_history as (

    select
        dosed.source,
        dosed.subject_id,
        others.source as other_source,
        others.subject_id as other_subject_id

    from dosed
    inner join dosed as others
        on dosed.sex = others.sex
        and dosed.onset_date = others.onset_date
        and dosed.diagnosis_date = others.diagnosis_date
    where (dosed.source, dosed.subject_id) < (others.source, others.subject_id)
        and (
            dosed.first_dose = others.first_dose
            or (
                dosed.source <> others.source
                and abs(date_diff('day', dosed.birth_date, others.birth_date)) <= 400
            )
        )

),

described as (

    select
        source,
        subject_id,
        {{ first_known('coalesce(' ~ coded('SEX', 'sex') ~ ', upper(sex))') }} as sex,
        {{ first_known('coalesce(-age * 365.25, date_of_birth)') }} as birth_day

    from ({{ staged_kept('stg_proact__demographics') }})
    group by source, subject_id

),

histories as (

    select
        subject_id,
        {{ first_known('onset_delta') }} as onset_day,
        {{ first_known('diagnosis_delta') }} as diagnosis_day

    from ({{ staged_kept('stg_proact__alshistory') }})
    group by subject_id

),

arms as (

    select
        subject_id,
        {{ first_known('study_arm') }} as study_arm

    from ({{ staged_kept('stg_proact__treatment') }})
    group by subject_id

),

deaths as (

    select
        subject_id,
        max(subject_died) || coalesce(max(death_days), -1) as death

    from ({{ staged_kept('stg_proact__deathdata') }})
    group by subject_id

),

controls as (

    select
        described.*,
        histories.onset_day,
        histories.diagnosis_day,
        coalesce(arms.study_arm, 'none') as study_arm,
        coalesce(deaths.death, 'none') as death

    from described
    inner join histories on described.subject_id = histories.subject_id
    left join arms on described.subject_id = arms.subject_id
    left join deaths on described.subject_id = deaths.subject_id

),

sexes as (

    select
        source,
        subject_id,
        sex
    from patients

    union all

    select
        source,
        subject_id,
        sex
    from described

),

pairs as (

    select
        source,
        subject_id,
        other_source,
        other_subject_id,
        cast(0 as bigint) as n_shared,
        true as is_history
    from same_history

    union all

    select
        controls.source,
        controls.subject_id,
        others.source as other_source,
        others.subject_id as other_subject_id,
        cast(0 as bigint) as n_shared,
        true as is_history
    from controls
    inner join controls as others
        on controls.sex = others.sex
        and controls.birth_day = others.birth_day
        and controls.onset_day = others.onset_day
        and controls.diagnosis_day = others.diagnosis_day
        and controls.study_arm = others.study_arm
        and controls.death = others.death
    where controls.subject_id < others.subject_id

    union all

    select
        shared.source,
        shared.subject_id,
        shared.other_source,
        shared.other_subject_id,
        shared.n_shared,
        false as is_history
    from shared
    left join sexes
        on shared.source = sexes.source and shared.subject_id = sexes.subject_id
    left join sexes as other_sexes
        on shared.other_source = other_sexes.source
        and shared.other_subject_id = other_sexes.subject_id
    where coalesce(sexes.sex = other_sexes.sex, true)

)

select
    source,
    subject_id,
    other_source,
    other_subject_id,
    bool_or(is_history) as has_same_history,
    cast(max(n_shared) as bigint) as n_same_assessments

from pairs
group by source, subject_id, other_source, other_subject_id
