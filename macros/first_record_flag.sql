{#-
    Y on one row of each key: the first, in the given order, of those that meet the
    condition; null on every other row.

    The order must be total within a key, else the flag moves between runs.
-#}
{% macro first_record_flag(keys, order_by, among) -%}
    case
        when ({{ among }})
            and row_number() over (
                partition by {{ keys | join(', ') }}, coalesce({{ among }}, false)
                order by {{ order_by | join(', ') }}
            ) = 1
        then 'Y'
    end
{%- endmacro %}
