-- Test, unit and factor are rows of the seeds lab_tests, lab_units and lab_conversions.
-- LBORRES is the text as delivered. A number has a standard result where its unit is
-- known and converts; a blank unit is not guessed, as the same test comes in several
-- units. `<0.2` has LBSTRESC and no LBSTRESN. `-` and nothing are no result: NOT DONE,
-- with what was delivered in LBREASND. LBLOBXFL marks one row per test and specimen.

with

subjects as (

    {{ numbered_subjects('int_subjects') }}

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
        table_name,
        test_name,
        test_result,
        test_unit,
        matrix,
        {{ is_result('test_result') }} as is_result,
        {{ result_comparator('test_result') }} as comparator,
        {{ result_number('test_result') }} as number

    from lab_lines
    group by table_name, test_name, test_result, test_unit, matrix

),

with_test as (

    select
        results.*,
        tests.lbtestcd,
        tests.lbtest,
        tests.lbcat,
        coalesce({{ coded('SPECTYPE', 'results.matrix') }}, tests.lbspec) as lbspec,
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
        end as standard_number,
        case
            when not with_test.is_result then null
            when with_test.number is null then upper(with_test.test_result)
            when standard_number is not null
            then concat(with_test.comparator, {{ number_text('standard_number') }})
        end as standard_text

    from with_test
    left join {{ ref('lab_conversions') }} as conversions
        on with_test.lbtestcd = conversions.lbtestcd
        and with_test.unit = conversions.unit
        and with_test.standard_unit = conversions.standard_unit

),

-- Lines are sorted by integer keys in place of texts, which are joined last.
catalogue as materialized (

    select
        *,
        cast(row_number() over () as integer) as result_no,
        cast(dense_rank() over (order by table_name) as integer) as table_no,
        cast(dense_rank() over (order by lbtestcd, lbspec nulls last) as integer)
            as test_no

    from standardised

),

findings as (

    select
        subjects.subject_no,
        catalogue.result_no,
        catalogue.table_no,
        catalogue.test_no,
        catalogue.standard_text is not null as has_standard_result,
        lab_lines.row_number,
        coalesce(
            lab_lines.day,
            {{ days_between('subjects.reference_date', 'lab_lines.measurement_date') }}
        ) as day,
        lab_lines.measurement_date

    from lab_lines
    inner join catalogue
        on lab_lines.table_name = catalogue.table_name
        and lab_lines.test_name = catalogue.test_name
        and lab_lines.test_result is not distinct from catalogue.test_result
        and lab_lines.test_unit is not distinct from catalogue.test_unit
        and lab_lines.matrix is not distinct from catalogue.matrix
    inner join subjects
        on lab_lines.source = subjects.source
        and lab_lines.subject_id = subjects.subjid

),

numbered as (

    select
        *,
        row_number() over (
            partition by subject_no
            order by day nulls last, test_no, table_no, row_number
        ) as lbseq

    from findings

),

baselines as (

    select
        subject_no,
        max(lbseq) as lbseq

    from numbered
    where has_standard_result and day <= 0
    group by subject_no, test_no

)

select
    subjects.studyid,
    'LB' as domain,
    subjects.usubjid,
    numbered.lbseq,
    upper(catalogue.table_name) || '-' || cast(numbered.row_number as varchar)
        as lbspid,
    catalogue.lbtestcd,
    catalogue.lbtest,
    catalogue.lbcat,
    case when catalogue.is_result then catalogue.test_result end as lborres,
    case
        when catalogue.is_result then coalesce(catalogue.unit, catalogue.test_unit)
    end as lborresu,
    cast(null as varchar) as lbornrlo,
    cast(null as varchar) as lbornrhi,
    catalogue.standard_text as lbstresc,
    case
        when catalogue.comparator is null then catalogue.standard_number
    end as lbstresn,
    case
        when catalogue.standard_number is not null then catalogue.standard_unit
    end as lbstresu,
    cast(null as double) as lbstnrlo,
    cast(null as double) as lbstnrhi,
    cast(null as varchar) as lbnrind,
    case when not catalogue.is_result then 'NOT DONE' end as lbstat,
    case
        when not catalogue.is_result
        then 'DELIVERED ' || coalesce('AS ' || catalogue.test_result, 'EMPTY')
    end as lbreasnd,
    catalogue.lbspec,
    case when baselines.lbseq is not null then 'Y' end as lblobxfl,
    cast(null as double) as visitnum,
    {{ epoch_of_subject('numbered.day', 'subjects') }} as epoch,
    {{ site_date('numbered.measurement_date') }} as lbdtc,
    {{ study_day('numbered.day') }} as lbdy

from numbered
inner join catalogue on numbered.result_no = catalogue.result_no
inner join subjects on numbered.subject_no = subjects.subject_no
left join baselines
    on numbered.subject_no = baselines.subject_no and numbered.lbseq = baselines.lbseq
