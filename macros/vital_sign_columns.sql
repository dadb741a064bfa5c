{#- The columns of a VITALSIGNS row that hold a measurement. -#}
{% macro vital_sign_columns() -%}
    {%- set seed = seed_table('vital_signs') -%}
    {%- set columns = ['null'] -%}
    {%- if execute -%}
        {%- set wanted -%}
            select proact_column from {{ seed }} order by proact_column
        {%- endset -%}
        {%- set columns = run_query(wanted).columns[0].values() | list -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}
