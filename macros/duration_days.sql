{#-
    ADURN in days: first and last day both count, so an event of one day lasts 1.

    Both are days counted from 0, or both dates. An end before the start, which is
    delivered, gives no duration.
-#}
{% macro duration_days(start, end) -%}
    (case when {{ end }} >= {{ start }} then {{ end }} - {{ start }} + 1 end)
{%- endmacro %}
