{#- CDISC study day of a date: the reference date is day 1, the day before it -1. -#}
{% macro study_day_of_date(event_date, reference_date) -%}
    {{ study_day(days_between(reference_date, event_date)) }}
{%- endmacro %}
