{#- The rows of a staged table that are used: neither duplicates nor rejected. -#}
{% macro kept(model) -%}
    select * from {{ ref(model) }} where row_status = 'kept'
{%- endmacro %}
