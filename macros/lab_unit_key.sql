{#- A delivered unit as lab_units.csv spells it: capitals, no spaces, u for micro. -#}
{% macro lab_unit_key(unit) -%}
    upper(replace(replace(replace({{ unit }}, ' ', ''), 'µ', 'u'), 'μ', 'u'))
{%- endmacro %}
