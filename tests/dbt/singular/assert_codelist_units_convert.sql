-- A unit that the codelist knows and no conversion takes would lose the result of
-- every row that names it; a vital sign whose column is not staged would have none.

with

units as (

    select distinct term as unit
    from {{ ref('raw_terms') }}
    where codelist = 'UNIT'

),

without_conversion as (

    select 'unit ' || units.unit as problem
    from units
    left join {{ ref('unit_conversions') }} as conversions
        on units.unit = conversions.unit
    where conversions.unit is null

),

not_staged as (

    select 'column ' || signs.proact_column as problem
    from {{ ref('vital_signs') }} as signs
    left join {{ ref('raw_columns') }} as columns
        on columns.source_kind = 'proact'
        and columns.table_name = 'vitalsigns'
        and signs.proact_column = columns.column_name
    where columns.column_name is null

)

select * from without_conversion
union all
select * from not_staged
