{#- The values of a column of a seed, in order, for a query while a model is compiled. -#}
{% macro seed_values(seed, column) -%}
    {%- set table = seed_table(seed) -%}
    {%- set values = ['null'] -%}
    {%- if execute -%}
        {%- set wanted -%}
            select {{ column }} from {{ table }}
            where {{ column }} is not null
            order by {{ column }}
        {%- endset -%}
        {%- set values = run_query(wanted).columns[0].values() | list -%}
    {%- endif -%}
    {{ return(values) }}
{%- endmacro %}
