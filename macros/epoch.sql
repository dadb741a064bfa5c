{#-
    Epoch of a day counted from 0: SCREENING before it, TREATMENT from it on; a day that
    is not known has none. When treatment ended is not delivered.
-#}
{% macro epoch(day) -%}
    (case when {{ day }} < 0 then 'SCREENING' when {{ day }} >= 0 then 'TREATMENT' end)
{%- endmacro %}
