{#-
    BASE as an aggregate: the value that `baseline_flag` marks, null without one.
-#}
{% macro baseline_value(value, day, in_day) -%}
    max_by({{ value }}, ({{ day }}, {{ in_day }})) filter (
        where {{ value }} is not null and {{ day }} <= 1
    )
{%- endmacro %}
