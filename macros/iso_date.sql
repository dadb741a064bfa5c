{#- A date as SDTM writes it in --DTC: ISO 8601 text. -#}
{% macro iso_date(date) -%}
    strftime({{ date }}, '%Y-%m-%d')
{%- endmacro %}
