{#- Whole days from one date to a later one. -#}
{% macro days_between(start_date, end_date) -%}
    cast(date_diff('day', {{ start_date }}, {{ end_date }}) as bigint)
{%- endmacro %}
