{#-
    ABLFL: Y on the last known value up to the day of reference, null elsewhere.

    `day` and `reference` are both study days or both dates; of several values on the
    last day the one that comes last by `in_day`.
-#}
{% macro baseline_flag(keys, value='aval', day='ady', reference='1', in_day=[]) -%}
    {%- set order_by = [day ~ ' desc'] -%}
    {%- for column in in_day -%}
        {%- do order_by.append(column ~ ' desc') -%}
    {%- endfor -%}
    {{ first_record_flag(
        keys, order_by, value ~ ' is not null and ' ~ day ~ ' <= ' ~ reference
    ) }}
{%- endmacro %}
