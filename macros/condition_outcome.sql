{#-
    Whether a value meets a condition of the protocol: met, not met or not evaluable.

    Values and bounds are text; they are compared as numbers where both are numbers, else
    as text. `in` takes levels joined by |; `known` is met by any value.
-#}
{% macro condition_outcome(value, operator, bound) -%}
    case
        when {{ operator }} = 'known'
        then case when {{ value }} is not null then 'met' else 'not met' end
        when {{ value }} is null then 'not evaluable'
        when {{ operator }} = 'in'
        then case
            when list_contains(string_split({{ bound }}, '|'), {{ value }})
                or list_contains(
                    list_transform(
                        string_split({{ bound }}, '|'),
                        lambda level: try_cast(level as double)
                    ),
                    try_cast({{ value }} as double)
                )
            then 'met'
            else 'not met'
        end
        else case {{ compared(value, operator, bound) }}
            when true then 'met' when false then 'not met' else 'not evaluable'
        end
    end
{%- endmacro %}

{#-
    A term of a regression as a number: 1 where its condition is met, 0 where it is not,
    null where that cannot be evaluated; the number itself where it has no condition.
-#}
{% macro condition_number(value, operator, bound) -%}
    case
        when {{ operator }} is null then try_cast({{ value }} as double)
        else case {{ condition_outcome(value, operator, bound) }}
            when 'met' then 1 when 'not met' then 0
        end
    end
{%- endmacro %}

{% macro compared(value, operator, bound) -%}
    {%- set numbers -%}
        try_cast({{ value }} as double) is not null
        and try_cast({{ bound }} as double) is not null
    {%- endset -%}
    case {{ operator }}
        when '<' then try_cast({{ value }} as double) < try_cast({{ bound }} as double)
        when '<=' then try_cast({{ value }} as double) <= try_cast({{ bound }} as double)
        when '>' then try_cast({{ value }} as double) > try_cast({{ bound }} as double)
        when '>=' then try_cast({{ value }} as double) >= try_cast({{ bound }} as double)
        when '='
        then case
            when {{ numbers }}
            then try_cast({{ value }} as double) = try_cast({{ bound }} as double)
            else {{ value }} = {{ bound }}
        end
        when '!='
        then case
            when {{ numbers }}
            then try_cast({{ value }} as double) <> try_cast({{ bound }} as double)
            else {{ value }} <> {{ bound }}
        end
    end
{%- endmacro %}
