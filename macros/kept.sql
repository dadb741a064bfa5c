{#- The rows of a staged table that are used: neither duplicates nor rejected. -#}
{% macro staged_kept(model) -%}
    select * from {{ ref(model) }} where row_status = 'kept'
{%- endmacro %}

{#-
    The same for the layers after staging, which wait for the gate on the delivery:
    where it fails, nothing that reads through this macro is built.
-#}
{% macro kept(model) -%}
    {%- do ref('gate_delivery') -%}
    {{ staged_kept(model) }}
{%- endmacro %}
