-- The seed unit_conversions gives the standard unit. Most units are blank in PRO-ACT; a
-- blank one is read as the standard unit, and VSORRESU stays empty. A unit that is in
-- no codelist gives no standard value. A result that the blank unit cannot explain (a
-- height in metres, a temperature in Fahrenheit) is kept and flagged in quality.flags.
-- VSLOBXFL marks one row per test and position.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

signs as (

    select * from {{ ref('vital_signs') }}

),

measured as (

    unpivot (
        select
            subject_id,
            row_number,
            vital_signs_delta,
            blood_pressure_diastolic_units,
            blood_pressure_systolic_units,
            height_units,
            pulse_units,
            respiratory_rate_units,
            temperature_units,
            weight_units,
            {{ seed_values('vital_signs', 'proact_column') | join(',\n            ') }}
        from ({{ kept('stg_proact__vitalsigns') }})
    )
    on {{ seed_values('vital_signs', 'proact_column') | join(', ') }}
    into name column_name value result

),

with_unit as (

    select
        'proact' as source,
        measured.subject_id,
        'VITALSIGNS-' || cast(measured.row_number as varchar) as vsspid,
        measured.vital_signs_delta as day,
        measured.column_name,
        signs.vstestcd,
        signs.vstest,
        signs.vspos,
        signs.standard_unit,
        measured.result,
        {{ number_text('measured.result') }} as original_result,
        case signs.vstestcd
            when 'DIABP' then measured.blood_pressure_diastolic_units
            when 'SYSBP' then measured.blood_pressure_systolic_units
            when 'HEIGHT' then measured.height_units
            when 'PULSE' then measured.pulse_units
            when 'RESP' then measured.respiratory_rate_units
            when 'TEMP' then measured.temperature_units
            when 'WEIGHT' then measured.weight_units
        end as raw_unit

    from measured
    inner join signs on measured.column_name = signs.proact_column

),

site_measured as (

    {{ site_results(vital_sign_tests()) }}

),

both_sources as (

    select * from with_unit

    union all by name

    select
        site_measured.source,
        site_measured.subject_id,
        'MEASUREMENTS-' || cast(site_measured.row_number as varchar) as vsspid,
        site_measured.day,
        site_measured.test as column_name,
        site_measured.test as vstestcd,
        names.vstest,
        site_measured.position as vspos,
        site_measured.standard_unit,
        site_measured.number as result,
        site_measured.result as original_result,
        site_measured.dtc,
        site_measured.raw_unit

    from site_measured
    inner join (select distinct vstestcd, vstest from signs) as names
        on site_measured.test = names.vstestcd

),

converted as (

    select
        both_sources.*,
        {{ coded('UNIT', 'both_sources.raw_unit') }} as unit

    from both_sources

),

standardised as (

    select
        converted.*,
        case
            when converted.raw_unit is null then converted.result
            else round(
                converted.result * conversions.factor + conversions.shift, 4
            )
        end as standard_result

    from converted
    left join {{ ref('unit_conversions') }} as conversions
        on converted.unit = conversions.unit
        and converted.standard_unit = conversions.standard_unit

)

select
    subjects.studyid,
    'VS' as domain,
    subjects.usubjid,
    row_number() over (
        partition by subjects.usubjid
        order by
            standardised.day,
            standardised.vstestcd,
            standardised.vsspid,
            standardised.column_name
    ) as vsseq,
    standardised.vsspid,
    standardised.vstestcd,
    standardised.vstest,
    standardised.vspos,
    standardised.original_result as vsorres,
    coalesce(standardised.unit, standardised.raw_unit) as vsorresu,
    {{ number_text('standardised.standard_result') }} as vsstresc,
    standardised.standard_result as vsstresn,
    case
        when standardised.standard_result is not null then standardised.standard_unit
    end as vsstresu,
    case
        when standardised.day <= 0
            and standardised.standard_result is not null
            and row_number() over (
                partition by
                    subjects.usubjid,
                    standardised.vstestcd,
                    standardised.vspos,
                    standardised.day <= 0 and standardised.standard_result is not null
                order by
                    standardised.day desc,
                    length(standardised.vsspid) desc,
                    standardised.vsspid desc,
                    standardised.column_name desc
            ) = 1
        then 'Y'
    end as vslobxfl,
    cast(null as double) as visitnum,
    {{ epoch('standardised.day', 'subjects.studyid', 'subjects.usubjid') }} as epoch,
    standardised.dtc as vsdtc,
    {{ study_day('standardised.day') }} as vsdy

from standardised
inner join subjects
    on standardised.source = subjects.source
    and standardised.subject_id = subjects.subjid
