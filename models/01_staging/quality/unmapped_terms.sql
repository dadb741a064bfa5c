-- A row in seeds/codelists/raw_terms.csv maps a term. A country is its ISO 3166 code.
-- Laboratory and strength tests and their units have separate seeds; a number
-- without a unit, or whose unit does not convert, is listed as test and unit.

with

coded_columns as (

    {% for kind, table, model, column, codelists in coded_columns() -%}
    select
        source,
        '{{ table }}' as table_name,
        '{{ column }}' as column_name,
        {{ column }} as raw_term,
        {{ codelists }} as codelists,
        count(*) as n_rows
    from ({{ staged_kept(model) }})
    where {{ column }} is not null
    group by source, {{ column }}
    {{ 'union all' if not loop.last }}

    {% endfor %}

),

lab_lines as (

    {{ lab_lines(
        staged_kept('stg_proact__labs'),
        staged_kept('stg_proact__neurofilament'),
        staged_kept('stg_site__measurements')
    ) }}

),

lab_terms as (

    select
        lab_lines.source,
        lab_lines.table_name,
        case lab_lines.table_name
            when 'labs' then 'test_name' when 'measurements' then 'test' else 'analyte'
        end as test_column,
        case
            when lab_lines.table_name = 'labs' then 'test_unit' else 'unit'
        end as unit_column,
        lab_lines.test_name,
        lab_lines.test_unit,
        count(*) as n_rows,
        count(*) filter (where regexp_matches(lab_lines.test_result, '[0-9]'))
            as n_numbers

    from lab_lines
    group by
        lab_lines.source,
        lab_lines.table_name,
        lab_lines.test_name,
        lab_lines.test_unit

),

lab_tests_and_units as (

    select
        lab_terms.*,
        tests.lbtestcd,
        tests.standard_unit,
        units.raw_unit,
        coalesce(units.unit, 'no unit') as unit,
        conversions.factor

    from lab_terms
    left join {{ ref('lab_tests') }} as tests
        on upper(lab_terms.test_name) = tests.raw_test
    left join {{ ref('lab_units') }} as units
        on {{ lab_unit_key('lab_terms.test_unit') }} = units.raw_unit
    left join {{ ref('lab_conversions') }} as conversions
        on tests.lbtestcd = conversions.lbtestcd
        and tests.standard_unit = conversions.standard_unit
        and units.unit = conversions.unit

),

strength_lines as (

    {{ strength_lines(
        staged_kept('stg_proact__handgripstrength'),
        staged_kept('stg_proact__musclestrength')
    ) }}

),

known_terms as (

    select
        codelist,
        raw_term
    from {{ ref('raw_terms') }}

    union all

    select
        codelist,
        upper(term) as raw_term
    from {{ ref('controlled_terms') }}
    where codelist = 'COUNTRY'

),

unmapped as (

    select
        coded_columns.source,
        coded_columns.table_name,
        coded_columns.column_name,
        array_to_string(coded_columns.codelists, ' or ') as codelist,
        coded_columns.raw_term,
        coded_columns.n_rows

    from coded_columns
    left join known_terms
        on list_contains(coded_columns.codelists, known_terms.codelist)
        and upper(coded_columns.raw_term) = known_terms.raw_term
    where known_terms.raw_term is null

    union all

    select
        measurements.source,
        'measurements' as table_name,
        'unit' as column_name,
        'UNIT' as codelist,
        measurements.unit as raw_term,
        1 as n_rows
    from ({{ staged_kept('stg_site__measurements') }}) as measurements
    inner join (
        {{ vital_capacity_tests() }}
        union all
        {{ vital_sign_tests() }}
    ) as tests on upper(measurements.test) = tests.test
    left join known_terms
        on known_terms.codelist = 'UNIT'
        and upper(measurements.unit) = known_terms.raw_term
    where measurements.unit is not null and known_terms.raw_term is null

    union all

    select
        source,
        table_name,
        test_column as column_name,
        'lab_tests' as codelist,
        test_name as raw_term,
        n_rows
    from lab_tests_and_units
    where lbtestcd is null and test_name is not null

    union all

    select
        source,
        table_name,
        unit_column as column_name,
        'lab_units' as codelist,
        test_unit as raw_term,
        n_rows
    from lab_tests_and_units
    where raw_unit is null and test_unit is not null

    union all

    select
        source,
        table_name,
        unit_column as column_name,
        'lab_conversions' as codelist,
        lbtestcd || ' in ' || unit as raw_term,
        n_numbers as n_rows
    from lab_tests_and_units
    where lbtestcd is not null
        and (raw_unit is not null or test_unit is null)
        and n_numbers > 0
        and case
            when standard_unit is null then unit <> 'no unit' else factor is null
        end

    union all

    select
        strength_lines.source,
        strength_lines.table_name,
        'test_name' as column_name,
        'strength_tests' as codelist,
        strength_lines.test_name as raw_term,
        1 as n_rows
    from strength_lines
    left join {{ ref('strength_tests') }} as tests
        on upper(strength_lines.test_name) = tests.raw_test
    where tests.raw_test is null and strength_lines.test_name is not null

)

select
    source,
    table_name,
    column_name,
    codelist,
    raw_term,
    cast(sum(n_rows) as bigint) as n_rows

from unmapped
group by source, table_name, column_name, codelist, raw_term
