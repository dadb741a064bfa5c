-- A contract for a table that has a column for each variable that an analysis names, which
-- only the rows of the protocol tell: every documented column is there with its type, and
-- nothing but those variables beside.

{% test has_documented_columns(model) %}

{%- set documented = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values() -%}
        {%- if node.name == model.identifier or node.alias == model.identifier -%}
            {%- for column in node.columns.values() -%}
                {%- do documented.append((column.name, column.data_type)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
{%- endif %}

with

documented as (

    {% for name, type in documented -%}
    select
        '{{ name }}' as column_name,
        '{{ type | upper }}' as data_type
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

found as (

    select
        column_name,
        data_type

    from information_schema.columns
    where table_catalog = '{{ model.database }}'
        and table_schema = '{{ model.schema }}'
        and table_name = '{{ model.identifier }}'

)

select
    coalesce(documented.column_name, found.column_name) as column_name,
    documented.data_type as documented_type,
    found.data_type as found_type

from documented
full join found on documented.column_name = found.column_name
where found.data_type is distinct from documented.data_type
    and (
        documented.column_name is not null
        or found.column_name not in (
            select named.variable from {{ ref('analysis_variables') }} as named
        )
    )

{% endtest %}
