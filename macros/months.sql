{#-
    Days as months of 365/12 days.

    This length alone reproduces Nam 2023: 629 days are 20.68 and 1201 are 39.48.
-#}
{% macro months(days) -%}
    (({{ days }}) / (365.0 / 12.0)::double)
{%- endmacro %}
