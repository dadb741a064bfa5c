{#- The variables that the protocol may name: the rows of seeds/protocol/variables.csv. -#}
{% macro protocol_variables() -%}
    {%- set seed = ref('variables') -%}
    {%- set variables = ['null'] -%}
    {%- if execute -%}
        {%- set wanted -%}
            select variable from {{ seed }} order by variable
        {%- endset -%}
        {%- set variables = run_query(wanted).columns[0].values() | list -%}
    {%- endif -%}
    {{ return(variables) }}
{%- endmacro %}
