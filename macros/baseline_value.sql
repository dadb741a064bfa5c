{#-
    The baseline as an aggregate: the last value up to day 1 that is known, of several on
    that day the last by `in_day`; null without one.

    `known` names another column that must be known instead of the value itself.
-#}
{% macro baseline_value(value, day, in_day, known=none) -%}
    max_by({{ value }}, ({{ day }}, {{ in_day }})) filter (
        where {{ known or value }} is not null and {{ day }} <= 1
    )
{%- endmacro %}
