{#- First filled value in file order, where several rows describe one subject. -#}
{% macro first_known(column) -%}
    min_by({{ column }}, row_number) filter (where {{ column }} is not null)
{%- endmacro %}
