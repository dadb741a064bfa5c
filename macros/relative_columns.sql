{#- The columns of a FAMILYHISTORY row that name a relative. -#}
{% macro relative_columns() -%}
    {%- set seed = seed_table('relatives') -%}
    {%- set columns = ['null'] -%}
    {%- if execute -%}
        {%- set wanted -%}
            select proact_column from {{ seed }} order by proact_column
        {%- endset -%}
        {%- set columns = run_query(wanted).columns[0].values() | list -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}
