{#- TRTxxPN and TRTxxAN of an arm: 0 placebo, 1 active or treated. -#}
{% macro treatment_number(armcd) -%}
    case {{ armcd }} when 'PLACEBO' then 0 when 'ACTIVE' then 1 when 'TREATED' then 1 end
{%- endmacro %}
