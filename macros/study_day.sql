{#- CDISC study day of a day counted from 0: the reference day is 1, there is no 0. -#}
{% macro study_day(day) -%}
    (case when {{ day }} >= 0 then {{ day }} + 1 else {{ day }} end)
{%- endmacro %}
