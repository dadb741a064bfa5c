-- MKORRES is as delivered, Pounds as a rule; the standard unit is kg, by the seeds
-- strength_tests and unit_conversions. A blank unit gives no standard result: pounds
-- and kilograms cannot be distinguished. `Wristjoint` is WRIST JOINT by codelist LOC.
-- MKLOBXFL marks one row per test, joint and side. A line without a result is NOT DONE,
-- with what it has instead as the reason.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

strength_lines as (

    {{ strength_lines(
        kept('stg_proact__handgripstrength'), kept('stg_proact__musclestrength')
    ) }}

),

with_test as (

    select
        strength_lines.*,
        tests.mktestcd,
        tests.mktest,
        tests.standard_unit,
        {{ coded('UNIT', 'strength_lines.test_unit') }} as unit,
        {{ coded('LOC', 'strength_lines.test_location') }} as mkloc,
        {{ coded('LAT', 'strength_lines.test_laterality') }} as mklat,
        {{ is_result('strength_lines.test_result') }} as is_result,
        {{ result_comparator('strength_lines.test_result') }} as comparator,
        {{ result_number('strength_lines.test_result') }} as number

    from strength_lines
    inner join {{ ref('strength_tests') }} as tests
        on upper(strength_lines.test_name) = tests.raw_test

),

standardised as (

    select
        with_test.*,
        round(with_test.number * conversions.factor + conversions.shift, 4)
            as standard_number,
        case
            when not with_test.is_result then null
            when with_test.number is null then upper(with_test.test_result)
            when standard_number is not null
            then concat(with_test.comparator, {{ number_text('standard_number') }})
        end as standard_text

    from with_test
    left join {{ ref('unit_conversions') }} as conversions
        on with_test.unit = conversions.unit
        and with_test.standard_unit = conversions.standard_unit

)

select
    subjects.studyid,
    'MK' as domain,
    subjects.usubjid,
    row_number() over (
        partition by subjects.usubjid
        order by
            standardised.day nulls last,
            standardised.mktestcd,
            standardised.mkloc nulls last,
            standardised.mklat nulls last,
            standardised.test_trial nulls last,
            standardised.table_name,
            standardised.row_number
    ) as mkseq,
    upper(standardised.table_name) || '-'
    || cast(standardised.row_number as varchar) as mkspid,
    standardised.mktestcd,
    standardised.mktest,
    standardised.test_category as mkcat,
    case when standardised.is_result then standardised.test_result end as mkorres,
    case
        when standardised.is_result
        then coalesce(standardised.unit, standardised.test_unit)
    end as mkorresu,
    standardised.standard_text as mkstresc,
    case
        when standardised.comparator is null then standardised.standard_number
    end as mkstresn,
    case
        when standardised.standard_number is not null then standardised.standard_unit
    end as mkstresu,
    case when not standardised.is_result then 'NOT DONE' end as mkstat,
    case
        when not standardised.is_result
        then 'DELIVERED ' || coalesce('AS ' || standardised.test_result, 'EMPTY')
    end as mkreasnd,
    standardised.mkloc,
    standardised.mklat,
    case
        when standardised.day <= 0
            and standardised.standard_text is not null
            and row_number() over (
                partition by
                    subjects.usubjid,
                    standardised.mktestcd,
                    standardised.mkloc,
                    standardised.mklat,
                    standardised.day <= 0 and standardised.standard_text is not null
                order by
                    standardised.day desc,
                    standardised.test_trial desc nulls last,
                    standardised.table_name desc,
                    standardised.row_number desc
            ) = 1
        then 'Y'
    end as mklobxfl,
    case
        when standardised.test_trial = floor(standardised.test_trial)
        then cast(standardised.test_trial as bigint)
    end as mkrepnum,
    cast(null as double) as visitnum,
    {{ epoch('standardised.day', 'subjects.studyid', 'subjects.usubjid') }} as epoch,
    cast(null as varchar) as mkdtc,
    {{ study_day('standardised.day') }} as mkdy

from standardised
inner join subjects
    on subjects.source = 'proact' and standardised.subject_id = subjects.subjid
