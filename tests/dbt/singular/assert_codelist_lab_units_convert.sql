-- A result in its own standard unit must convert, and a conversion that names a unit or
-- test that no seed has would never be used.

with

tests as (

    select distinct
        lbtestcd,
        standard_unit
    from {{ ref('lab_tests') }}
    where standard_unit is not null

),

units as (

    select distinct unit
    from {{ ref('lab_units') }}
    where unit is not null

),

problems as (

    select
        tests.lbtestcd,
        tests.standard_unit as unit,
        'does not convert to itself' as problem
    from tests
    left join {{ ref('lab_conversions') }} as conversions
        on tests.lbtestcd = conversions.lbtestcd
        and tests.standard_unit = conversions.unit
        and tests.standard_unit = conversions.standard_unit
    where conversions.factor is distinct from 1

    union all

    select
        conversions.lbtestcd,
        conversions.unit,
        'is for no test' as problem
    from {{ ref('lab_conversions') }} as conversions
    left join tests
        on conversions.lbtestcd = tests.lbtestcd
        and conversions.standard_unit = tests.standard_unit
    where tests.lbtestcd is null

    union all

    select
        conversions.lbtestcd,
        conversions.unit,
        'is from a unit that lab_units.csv does not have' as problem
    from {{ ref('lab_conversions') }} as conversions
    left join units on conversions.unit = units.unit
    where units.unit is null

)

select * from problems
