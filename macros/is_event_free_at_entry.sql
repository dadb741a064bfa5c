{#-
    Whether a candidate's time to every evaluable endpoint ends after it came under
    observation; null without an evaluable one. An aggregate of rows of cohort.endpoints.
-#}
{% macro is_event_free_at_entry(endpoints) -%}
    bool_and({{ endpoints }}.days > coalesce({{ endpoints }}.entry_days, 0))
{%- endmacro %}
