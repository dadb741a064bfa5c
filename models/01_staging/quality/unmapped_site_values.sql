-- Either no row of seeds/mappings/site_codes.csv covers the value, or no codelist has
-- its term (quality.unmapped_terms counts these). Rejected rows are included: an
-- unmapped value is often the reason for rejection.

with

uncovered as (

    {% for table in site_tables() -%}
    select
        source,
        file_name,
        row_number,
        line_number,
        '{{ table }}' as table_name,
        unnest(value_problems) as problem
    from {{ ref('stg_site__' ~ table) }}
    {{ 'union all' if not loop.last }}

    {% endfor %}

),

coded_values as (

    {% for kind, table, model, column, codelists in coded_columns()
        if kind == 'site' -%}
    select
        source,
        file_name,
        row_number,
        line_number,
        '{{ table }}' as table_name,
        '{{ column }}' as column_name,
        {{ column }} as raw_value
    from {{ ref(model) }}
    where row_status <> 'duplicate'
    {{ 'union all' if not loop.last }}

    {% endfor %}

),

unknown_terms as (

    select
        coded_values.*,
        'no term of the codelist ' || terms.codelist as reason

    from coded_values
    inner join {{ ref('unmapped_terms') }} as terms
        on coded_values.source = terms.source
        and coded_values.table_name = terms.table_name
        and coded_values.column_name = terms.column_name
        and coded_values.raw_value = terms.raw_term

)

select
    source,
    file_name,
    row_number,
    line_number,
    table_name,
    problem.column_name as column_name,
    problem.site_column as site_column,
    problem.raw_value as raw_value,
    'site_codes' as looked_up_in,
    problem.reason as reason

from uncovered
where problem.is_unmapped

union all

select
    source,
    file_name,
    row_number,
    line_number,
    table_name,
    column_name,
    cast(null as varchar) as site_column,
    raw_value,
    'raw_terms' as looked_up_in,
    reason

from unknown_terms
