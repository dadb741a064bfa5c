{#- TRTxxPN and TRTxxAN of an arm, one to one: 0 placebo, 1 active, 2 treated. -#}
{% macro treatment_number(armcd) -%}
    case {{ armcd }} when 'PLACEBO' then 0 when 'ACTIVE' then 1 when 'TREATED' then 2 end
{%- endmacro %}
