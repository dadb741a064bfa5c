{#- The controlled term that a delivered one is, whatever its case; null where none is. -#}
{% macro controlled(codelist, raw_term) -%}
    (
        select terms.term
        from {{ ref('controlled_terms') }} as terms
        where terms.codelist = '{{ codelist }}'
            and upper(terms.term) = upper({{ raw_term }})
    )
{%- endmacro %}
