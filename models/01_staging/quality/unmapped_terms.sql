-- One row per source, column and delivered term that its codelist does not know.
--
-- The coded column is null where such a term stands; a row in
-- seeds/codelists/raw_terms.csv gives it a meaning.

with

coded_columns as (

    {% for kind, table, model, column, codelists in coded_columns() -%}
    select
        source,
        '{{ table }}' as table_name,
        '{{ column }}' as column_name,
        {{ column }} as raw_term,
        {{ codelists }} as codelists
    from ({{ staged_kept(model) }})
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select
    coded_columns.source,
    coded_columns.table_name,
    coded_columns.column_name,
    array_to_string(coded_columns.codelists, ' or ') as codelist,
    coded_columns.raw_term,
    count(*) as n_rows

from coded_columns
left join {{ ref('raw_terms') }} as terms
    on list_contains(coded_columns.codelists, terms.codelist)
    and upper(coded_columns.raw_term) = terms.raw_term
where terms.term is null
group by
    coded_columns.source,
    coded_columns.table_name,
    coded_columns.column_name,
    array_to_string(coded_columns.codelists, ' or '),
    coded_columns.raw_term
