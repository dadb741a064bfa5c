{#-
    Whether an event counts in a window that starts on day 1: it starts in it, or its
    start is not known, the worst case. A window without days has no end.
-#}
{% macro in_safety_window(start_day, window_days) -%}
    (
        {{ start_day }} is null
        or (
            {{ start_day }} >= 1
            and ({{ window_days }} is null or {{ start_day }} <= {{ window_days }})
        )
    )
{%- endmacro %}
