{#-
    One row per subject of a PRO-ACT table: which of its columns are filled on any row.

    `columns` maps a name to the columns that count as one; `part` is the table, `filled`
    the names in their order, joined by commas, empty for none.
-#}
{% macro filled_columns(table, columns) -%}
    select
        subject_id,
        '{{ table }}' as part,
        concat_ws(
            ',',
            {% for name, members in columns.items() -%}
            case
                when
                    {% for member in members -%}
                    count({{ member }}) > 0{{ ' or ' if not loop.last }}
                    {%- endfor %}
                then '{{ name }}'
            end{{ ',' if not loop.last }}
            {% endfor %}
        ) as filled

    from ({{ kept('stg_proact__' ~ table) }})
    group by subject_id
{%- endmacro %}
