-- The seed unit_conversions gives the standard unit. Most units are blank in PRO-ACT; a
-- blank one is read as the standard unit, and VSORRESU stays empty. A unit that is in
-- no codelist gives no standard value. A result that the blank unit cannot explain (a
-- height in metres, a temperature in Fahrenheit) is kept and flagged in quality.flags.
-- VSLOBXFL marks one row per test and position.

with

subjects as (

    {{ numbered_subjects('int_subjects') }}

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

results as (

    select
        'proact' as source,
        'VITALSIGNS' as table_name,
        measured.subject_id,
        measured.row_number,
        measured.vital_signs_delta as day,
        measured.column_name,
        signs.vstestcd,
        signs.vspos,
        signs.standard_unit,
        measured.result,
        cast(null as varchar) as original_result,
        cast(null as varchar) as dtc,
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

    union all

    select
        source,
        'MEASUREMENTS' as table_name,
        subject_id,
        row_number,
        day,
        test as column_name,
        test as vstestcd,
        position as vspos,
        standard_unit,
        number as result,
        result as original_result,
        dtc,
        raw_unit

    from ({{ site_results(vital_sign_tests()) }})

),

-- What is measured in which unit: few, and looked up once for all results.
measures as (

    select distinct
        table_name,
        column_name,
        vstestcd,
        vspos,
        standard_unit,
        raw_unit,
        {{ coded('UNIT', 'raw_unit') }} as unit

    from results

),

-- Results are sorted by integer keys in place of texts, which are joined last.
catalogue as materialized (

    select
        measures.*,
        names.vstest,
        conversions.factor,
        conversions.shift,
        cast(row_number() over () as integer) as measure_no,
        cast(dense_rank() over (order by measures.vstestcd) as integer) as test_no,
        cast(
            dense_rank() over (order by measures.vstestcd, measures.vspos) as integer
        ) as position_no,
        cast(dense_rank() over (order by measures.column_name) as integer)
            as column_no

    from measures
    inner join (select distinct vstestcd, vstest from signs) as names
        on measures.vstestcd = names.vstestcd
    left join {{ ref('unit_conversions') }} as conversions
        on measures.unit = conversions.unit
        and measures.standard_unit = conversions.standard_unit

),

findings as (

    select
        subjects.subject_no,
        catalogue.measure_no,
        catalogue.test_no,
        catalogue.position_no,
        catalogue.column_no,
        results.row_number,
        results.day,
        results.result,
        case
            when results.raw_unit is null then results.result
            else round(results.result * catalogue.factor + catalogue.shift, 4)
        end as standard_result,
        results.original_result,
        results.dtc

    from results
    inner join catalogue
        on results.table_name = catalogue.table_name
        and results.column_name = catalogue.column_name
        and results.vspos is not distinct from catalogue.vspos
        and results.raw_unit is not distinct from catalogue.raw_unit
    inner join subjects
        on results.source = subjects.source and results.subject_id = subjects.subjid

),

numbered as (

    select
        *,
        row_number() over (
            partition by subject_no
            -- a subject has one source: this is the order of VSSPID
            order by day, test_no, cast(row_number as varchar), column_no
        ) as vsseq,
        {{ first_record_flag(
            ['subject_no', 'position_no'],
            ['day desc', 'row_number desc', 'column_no desc'],
            'day <= 0 and standard_result is not null',
        ) }} as vslobxfl

    from findings

)

select
    subjects.studyid,
    'VS' as domain,
    subjects.usubjid,
    numbered.vsseq,
    catalogue.table_name || '-' || cast(numbered.row_number as varchar) as vsspid,
    catalogue.vstestcd,
    catalogue.vstest,
    catalogue.vspos,
    coalesce(numbered.original_result, {{ number_text('numbered.result') }}) as vsorres,
    coalesce(catalogue.unit, catalogue.raw_unit) as vsorresu,
    {{ number_text('numbered.standard_result') }} as vsstresc,
    numbered.standard_result as vsstresn,
    case
        when numbered.standard_result is not null then catalogue.standard_unit
    end as vsstresu,
    numbered.vslobxfl,
    cast(null as double) as visitnum,
    {{ epoch_of_subject('numbered.day', 'subjects') }} as epoch,
    numbered.dtc as vsdtc,
    {{ study_day('numbered.day') }} as vsdy

from numbered
inner join catalogue on numbered.measure_no = catalogue.measure_no
inner join subjects on numbered.subject_no = subjects.subject_no
