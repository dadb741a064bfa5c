{#- First value in file order that is there, where several rows tell of one subject. -#}
{% macro first_known(column) -%}
    min_by({{ column }}, row_number) filter (where {{ column }} is not null)
{%- endmacro %}
