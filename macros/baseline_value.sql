{#-
    The baseline as an aggregate: the last value up to day 1 that is known, of several on
    that day the last by `in_day`; null without one.

    `known` names another column that must be known instead of the value itself.
    `sequence` is a whole number that orders the values by day and in_day where there is
    one: it is compared several times faster than the two.
-#}
{% macro baseline_value(value, day, in_day, known=none, sequence=none) -%}
    max_by({{ value }}, {{ sequence or '(' ~ day ~ ', ' ~ in_day ~ ')' }}) filter (
        where {{ known or value }} is not null and {{ day }} <= 1
    )
{%- endmacro %}
