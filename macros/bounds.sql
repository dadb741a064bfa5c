{#-
    The rows of a protocol table with `bound`: what the value is compared with, an order
    statistic as the number that it stands for in `thresholds`.
-#}
{% macro bounds(protocol_table, thresholds, seed) -%}
    select
        conditions.*,
        case
            when thresholds.statistic is null then conditions.value
            else cast(thresholds.value as varchar)
        end as bound

    from {{ protocol_table }} as conditions
    left join {{ thresholds }} as thresholds
        on conditions.analysis_id = thresholds.analysis_id
        and conditions.variable = thresholds.variable
        and conditions.value = thresholds.statistic
        {%- if seed %}
        and thresholds.seed = '{{ seed }}'
        {%- endif %}
{%- endmacro %}

{#-
    One outcome of all conditions of a group: not met where one is not, else not
    evaluable where one is not, else met.
-#}
{% macro all_outcomes(outcome) -%}
    case
        when bool_or({{ outcome }} = 'not met') then 'not met'
        when bool_or({{ outcome }} = 'not evaluable') then 'not evaluable'
        else 'met'
    end
{%- endmacro %}
