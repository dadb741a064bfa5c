{#-
    A raw text as its type, null where it does not convert: the only place where a
    delivered text becomes a value.

    id      whole number, as text without leading zeros
    day     whole number of days; `154.0` is 154, `154.5` does not convert
    number  a finite decimal number
    flag    1 is true, 0 is false, anything else does not convert
    date    ISO 8601, year-month-day
    text    trimmed; an empty text is null
-#}
{% macro typed(column, type) -%}
    {%- set text = "nullif(trim(" ~ column ~ "), '')" -%}
    {#- DuckDB's own cast also takes 1_000, nan and inf. -#}
    {%- set is_number -%}
        regexp_full_match(
            {{ text }}, '[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?'
        )
    {%- endset -%}
    {%- set number -%}
        case when {{ is_number }} then try_cast({{ text }} as double) end
    {%- endset -%}
    {%- if type == 'text' -%}
        {{ text }}
    {%- elif type == 'id' -%}
        cast(
            case
                when regexp_full_match({{ text }}, '[0-9]+')
                then try_cast({{ text }} as bigint)
            end as varchar
        )
    {%- elif type == 'number' -%}
        case when isfinite({{ number }}) then {{ number }} end
    {%- elif type == 'day' -%}
        case
            when ({{ number }}) = floor({{ number }})
                and abs({{ number }}) < 2147483648
            then cast({{ number }} as bigint)
        end
    {%- elif type == 'flag' -%}
        case ({{ number }}) when 1 then true when 0 then false end
    {%- elif type == 'date' -%}
        case
            when regexp_full_match({{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}')
            then try_cast({{ text }} as date)
        end
    {%- else -%}
        {{ exceptions.raise_compiler_error("raw_columns names the unknown data_type " ~ type) }}
    {%- endif -%}
{%- endmacro %}


{#-
    Why a text is no date, in words: what it looks like, where that is clear. Of
    Excel's number of days the date is given, by its usual system of 1900.
-#}
{% macro date_reason(column) -%}
    {%- set text = "trim(" ~ column ~ ")" -%}
    case
        when {{ is_partial_date(text) }} then 'is a partial date: its day is not known'
        else '{{ type_reason("date") }}'
    end || case
        when regexp_full_match(
            {{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{1,2}:.*'
        )
        then ': it has a time of day'
        when regexp_full_match({{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}')
        then ': there is no such day'
        when regexp_full_match({{ text }}, '[2-5][0-9]{4}')
        then ': as a number of Excel it is '
            || strftime(date '1899-12-30' + try_cast({{ text }} as integer), '%Y-%m-%d')
        when regexp_matches({{ text }}, '[^\x00-\x7F]')
            and regexp_matches({{ text }}, '\pN')
            and not regexp_matches({{ text }}, '[0-9]')
        then ': its digits are not 0 to 9'
        else ''
    end
{%- endmacro %}


{#- Why a value of a type did not convert, in words. -#}
{% macro type_reason(type) -%}
    {{- {
        'id': 'is not a whole number',
        'day': 'is not a whole number of days',
        'number': 'is not numeric',
        'flag': 'is neither 1 nor 0',
        'date': 'is not a date as year-month-day',
    }[type] -}}
{%- endmacro %}
