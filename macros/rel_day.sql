{#- Day counted from 0 of a CDISC study day: what `study_day` turned around. -#}
{% macro rel_day(study_day) -%}
    (case when {{ study_day }} > 0 then {{ study_day }} - 1 else {{ study_day }} end)
{%- endmacro %}
