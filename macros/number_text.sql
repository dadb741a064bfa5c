{#- A number as a person writes it: 4, not 4.0. -#}
{% macro number_text(number) -%}
    regexp_replace(cast({{ number }} as varchar), '\.0$', '')
{%- endmacro %}
