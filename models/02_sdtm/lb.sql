-- Test, unit and factor are rows of the seeds lab_tests, lab_units and lab_conversions.
-- LBORRES is the text as delivered. A number has a standard result where its unit is
-- known and converts; a blank unit is not guessed, as the same test comes in several
-- units. `<0.2` has LBSTRESC and no LBSTRESN. `-` and nothing are no result: NOT DONE,
-- with what was delivered in LBREASND. LBLOBXFL marks one row per test and specimen.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

lab_lines as (

    {{ lab_lines(
        kept('stg_proact__labs'),
        kept('stg_proact__neurofilament'),
        kept('stg_site__measurements')
    ) }}

),

-- A result is evaluated once for all lines that carry it, which are many.
results as (

    select
        test_name,
        test_result,
        test_unit,
        {{ is_result('test_result') }} as is_result,
        {{ result_comparator('test_result') }} as comparator,
        {{ result_number('test_result') }} as number

    from lab_lines
    group by test_name, test_result, test_unit

),

with_test as (

    select
        results.*,
        tests.lbtestcd,
        tests.lbtest,
        tests.lbcat,
        tests.lbspec,
        tests.standard_unit,
        units.unit,
        results.test_unit is null
            or (units.raw_unit is not null and units.unit is null) as has_no_unit

    from results
    inner join {{ ref('lab_tests') }} as tests
        on upper(results.test_name) = tests.raw_test
    left join {{ ref('lab_units') }} as units
        on {{ lab_unit_key('results.test_unit') }} = units.raw_unit

),

standardised as (

    select
        with_test.*,
        case
            when with_test.standard_unit is null
            then case when with_test.has_no_unit then with_test.number end
            when conversions.factor = 1 then with_test.number
            else round(with_test.number * conversions.factor, 6)
        end as standard_number

    from with_test
    left join {{ ref('lab_conversions') }} as conversions
        on with_test.lbtestcd = conversions.lbtestcd
        and with_test.unit = conversions.unit
        and with_test.standard_unit = conversions.standard_unit

),

matrices as (

    select
        matrix,
        {{ coded('SPECTYPE', 'matrix') }} as lbspec

    from lab_lines
    group by matrix

),

findings as (

    select
        subjects.studyid,
        subjects.usubjid,
        upper(lab_lines.table_name) || '-' || cast(lab_lines.row_number as varchar)
            as lbspid,
        standardised.lbtestcd,
        standardised.lbtest,
        standardised.lbcat,
        case when standardised.is_result then lab_lines.test_result end as lborres,
        case
            when standardised.is_result
            then coalesce(standardised.unit, lab_lines.test_unit)
        end as lborresu,
        case
            when not standardised.is_result then null
            when standardised.number is null then upper(lab_lines.test_result)
            when standardised.standard_number is not null
            then concat(
                standardised.comparator,
                {{ number_text('standardised.standard_number') }}
            )
        end as standard_text,
        standardised.comparator,
        standardised.standard_number,
        standardised.standard_unit,
        standardised.is_result,
        lab_lines.test_result,
        coalesce(matrices.lbspec, standardised.lbspec) as lbspec,
        lab_lines.table_name,
        lab_lines.row_number,
        coalesce(
            lab_lines.day,
            {{ days_between('subjects.reference_date', 'lab_lines.measurement_date') }}
        ) as day,
        {{ site_date('lab_lines.measurement_date') }} as lbdtc

    from lab_lines
    inner join standardised
        on lab_lines.test_name = standardised.test_name
        and lab_lines.test_result is not distinct from standardised.test_result
        and lab_lines.test_unit is not distinct from standardised.test_unit
    inner join subjects
        on lab_lines.source = subjects.source
        and lab_lines.subject_id = subjects.subjid
    left join matrices on lab_lines.matrix = matrices.matrix

),

numbered as (

    select
        *,
        row_number() over (
            partition by usubjid
            order by day nulls last, lbtestcd, lbspec nulls last, table_name, row_number
        ) as lbseq

    from findings

),

baselines as (

    select
        usubjid,
        max(lbseq) as lbseq

    from numbered
    where standard_text is not null and day <= 0
    group by usubjid, lbtestcd, lbspec

)

select
    numbered.studyid,
    'LB' as domain,
    numbered.usubjid,
    numbered.lbseq,
    numbered.lbspid,
    numbered.lbtestcd,
    numbered.lbtest,
    numbered.lbcat,
    numbered.lborres,
    numbered.lborresu,
    cast(null as varchar) as lbornrlo,
    cast(null as varchar) as lbornrhi,
    numbered.standard_text as lbstresc,
    case when numbered.comparator is null then numbered.standard_number end as lbstresn,
    case
        when numbered.standard_number is not null then numbered.standard_unit
    end as lbstresu,
    cast(null as double) as lbstnrlo,
    cast(null as double) as lbstnrhi,
    cast(null as varchar) as lbnrind,
    case when not numbered.is_result then 'NOT DONE' end as lbstat,
    case
        when not numbered.is_result
        then 'DELIVERED ' || coalesce('AS ' || numbered.test_result, 'EMPTY')
    end as lbreasnd,
    numbered.lbspec,
    case when baselines.lbseq is not null then 'Y' end as lblobxfl,
    cast(null as double) as visitnum,
    {{ epoch('numbered.day', 'numbered.studyid', 'numbered.usubjid') }} as epoch,
    numbered.lbdtc,
    {{ study_day('numbered.day') }} as lbdy

from numbered
left join baselines
    on numbered.usubjid = baselines.usubjid and numbered.lbseq = baselines.lbseq
