{#- The columns of a source's assessment rows that hold an item or a total. -#}
{% macro alsfrs_columns(source_kind) -%}
    {%- set seed = seed_table('alsfrs_items') -%}
    {%- set columns = ['null'] -%}
    {%- if execute -%}
        {%- set wanted -%}
            select {{ source_kind }}_column from {{ seed }}
            where {{ source_kind }}_column is not null
            order by {{ source_kind }}_column
        {%- endset -%}
        {%- set columns = run_query(wanted).columns[0].values() | list -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}
