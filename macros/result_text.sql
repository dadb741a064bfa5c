{#-
    A result delivered as text, read in parts: of `<1,234.5` the comparator is `<`, the
    number 1234.5 and it is no text; of `YELLOW` neither comparator nor number is there.

    A comma is a thousands separator where three digits follow each; `1,5` is no number.
-#}
{% macro result_comparator(result) -%}
    nullif(regexp_extract({{ result }}, '^([<>]=?)', 1), '')
{%- endmacro %}

{% macro result_number(result) -%}
    {%- set unsigned = "trim(regexp_replace(" ~ result ~ ", '^[<>]=?', ''))" -%}
    case
        when regexp_full_match(
            {{ unsigned }}, '[-+]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?'
        )
        then try_cast(replace({{ unsigned }}, ',', '') as double)
        else {{ typed(unsigned, 'number') }}
    end
{%- endmacro %}

{#- Whether a result says something: `-` and nothing do not, in any table. -#}
{% macro is_result(result) -%}
    ({{ result }} is not null and not regexp_full_match({{ result }}, '[-]+'))
{%- endmacro %}
