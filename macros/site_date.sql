{#-
    A date of a site as SDTM writes it in --DTC, null for a subject for whom days are
    known and no date. `subjects` must be int_subjects.
-#}
{% macro site_date(date) -%}
    case when not coalesce(subjects.is_without_dates, false) then {{ iso_date(date) }} end
{%- endmacro %}


{#-
    The same of a column of a staged row. A date whose day or month is not known is the
    text as delivered (2019-03), which staging keeps in rejected_values.
-#}
{% macro staged_date(row, column) -%}
    coalesce(
        {{ site_date(row ~ '.' ~ column) }},
        {{ partial_date(row ~ '.rejected_values', column) }}
    )
{%- endmacro %}


{#- The year, or year and month, that stands in place of a date in a staged row. -#}
{% macro partial_date(rejected_values, column) -%}
    list_filter(
        list_transform(
            {{ rejected_values }},
            lambda rejected: case
                when rejected.column_name = '{{ column }}' then trim(rejected.raw_value)
            end
        ),
        lambda text: {{ is_partial_date('text') }}
    )[1]
{%- endmacro %}


{#- Whether a text is an ISO 8601 date without its day, or without day and month. -#}
{% macro is_partial_date(text) -%}
    regexp_full_match({{ text }}, '[0-9]{4}(-(0[1-9]|1[0-2]))?')
{%- endmacro %}
