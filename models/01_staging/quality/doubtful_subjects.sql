-- Doubtful are an onset too early for the age or too long before the first dose, and a
-- weight that does not fit the height.

with

first_doses as (

    select
        source,
        subject_id,
        min(dose_date) as first_dose_date
    from ({{ staged_kept('stg_site__doses') }})
    group by source, subject_id

),

proact_ages as (

    select
        subject_id,
        {{ first_known('age') }} as age,
        {{ first_known('date_of_birth') }} as date_of_birth
    from ({{ staged_kept('stg_proact__demographics') }})
    group by subject_id

),

onsets as (

    select
        histories.source,
        'alshistory' as table_name,
        histories.file_name,
        histories.line_number,
        histories.subject_id,
        'onset_delta' as column_name,
        cast(histories.onset_delta as varchar) as raw_value,
        histories.onset_delta as onset_day,
        coalesce(ages.age, -ages.date_of_birth / 365.25) as age,
        -- value_bounds has the bound of PRO-ACT's own days
        false as is_long_before

    from ({{ staged_kept('stg_proact__alshistory') }}) as histories
    left join proact_ages as ages on histories.subject_id = ages.subject_id

    union all

    select
        patients.source,
        'subjects' as table_name,
        patients.file_name,
        patients.line_number,
        patients.subject_id,
        'onset_date' as column_name,
        cast(patients.onset_date as varchar) as raw_value,
        {{ days_between('first_doses.first_dose_date', 'patients.onset_date') }}
            as onset_day,
        patients.age_at_first_dose as age,
        coalesce(
            {{ days_between(
                'patients.onset_date',
                'coalesce(first_doses.first_dose_date, patients.diagnosis_date)'
            ) }} > 3650,
            false
        ) as is_long_before

    from ({{ staged_kept('stg_site__subjects') }}) as patients
    left join first_doses
        on patients.source = first_doses.source
        and patients.subject_id = first_doses.subject_id

),

doubtful_onsets as (

    select
        source,
        table_name,
        file_name,
        line_number,
        subject_id,
        column_name,
        raw_value,
        'onset_in_doubt' as rule,
        case
            when age + onset_day / 365.25 < 12
            then 'the age at onset would be '
                || cast(round(age + onset_day / 365.25, 1) as varchar)
            else 'lies more than ten years before the first dose or, without one, '
                || 'the diagnosis'
        end as reason

    from onsets
    where is_long_before or age + onset_day / 365.25 < 12

),

-- Height and weight in their standard units; a blank unit is taken for that.
bodies as (

    select
        *,
        case
            when height_units is null then height
            else height * (
                select conversions.factor
                from {{ ref('unit_conversions') }} as conversions
                where conversions.unit = {{ coded('UNIT', 'signs.height_units') }}
                    and conversions.standard_unit = 'cm'
            )
        end as height_cm,
        case
            when weight_units is null then weight
            else weight * (
                select conversions.factor
                from {{ ref('unit_conversions') }} as conversions
                where conversions.unit = {{ coded('UNIT', 'signs.weight_units') }}
                    and conversions.standard_unit = 'kg'
            )
        end as weight_kg

    from ({{ staged_kept('stg_proact__vitalsigns') }}) as signs

),

middles as (

    select
        subject_id,
        median(height_cm) filter (where height_cm between 100 and 230) as height_cm,
        median(weight_kg) as weight_kg
    from bodies
    group by subject_id

),

measured as (

    select
        bodies.source,
        'vitalsigns' as table_name,
        bodies.file_name,
        bodies.line_number,
        bodies.subject_id,
        bodies.height,
        bodies.weight,
        bodies.height_cm,
        bodies.weight_kg,
        bodies.weight_kg / (middles.height_cm / 100) ** 2 as body_mass_index,
        bodies.weight_kg / middles.weight_kg as share_of_median

    from bodies
    inner join middles on bodies.subject_id = middles.subject_id

),

doubtful_heights as (

    select
        source,
        table_name,
        file_name,
        line_number,
        subject_id,
        'height' as column_name,
        cast(height as varchar) as raw_value,
        'height_in_doubt' as rule,
        'is ' || cast(round(height_cm, 1) as varchar)
            || ' cm, outside 100 to 230: perhaps metres or inches' as reason

    from measured
    where height_cm not between 100 and 230

),

doubtful_weights as (

    select
        source,
        table_name,
        file_name,
        line_number,
        subject_id,
        'weight' as column_name,
        cast(weight as varchar) as raw_value,
        'weight_in_doubt' as rule,
        case
            when weight_kg not between 25 and 250
            then 'is ' || cast(round(weight_kg, 1) as varchar)
                || ' kg, outside 25 to 250: perhaps another unit'
            when share_of_median not between 0.6 and 1.7
            then 'is ' || cast(round(share_of_median, 2) as varchar)
                || ' of the subject''s median: perhaps pounds'
            else 'gives a body mass index of '
                || cast(round(body_mass_index, 1) as varchar) || ': perhaps pounds'
        end as reason

    from measured
    where weight_kg not between 25 and 250
        or share_of_median not between 0.6 and 1.7
        or body_mass_index not between 11 and 45

)

select * from doubtful_onsets
union all
select * from doubtful_heights
union all
select * from doubtful_weights
