{#-
    The order statistics that conditions of a protocol table compare with: analysis_id,
    variable and statistic (q1, median or q3), with the columns named in `columns`.

    Only numeric variables have them; of a text, `median` is a level like another.
-#}
{% macro compared_statistics(protocol_table, columns=[]) -%}
    select distinct
        conditions.analysis_id,
        {% for column in columns -%}
        conditions.{{ column }},
        {% endfor -%}
        conditions.variable,
        conditions.value as statistic

    from {{ protocol_table }} as conditions
    inner join {{ ref('variables') }} as variables
        on conditions.variable = variables.variable
    where variables.kind = 'numeric' and conditions.value in ('q1', 'median', 'q3')
{%- endmacro %}
