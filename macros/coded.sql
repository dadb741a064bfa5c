{#- The codelist's term for a raw term, whatever its case; null where there is none. -#}
{% macro coded(codelist, raw_term) -%}
    (
        select terms.term
        from {{ ref('raw_terms') }} as terms
        where terms.codelist = '{{ codelist }}'
            and terms.raw_term = upper({{ raw_term }})
    )
{%- endmacro %}
