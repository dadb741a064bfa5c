-- A term of the standard that a codelist does not read as itself would be unknown in a
-- site that delivers the standard, and in what we export ourselves.

with

terms as (

    select distinct
        codelist,
        term
    from {{ ref('raw_terms') }}

)

select
    terms.codelist,
    terms.term

from terms
left join {{ ref('raw_terms') }} as raw_terms
    on terms.codelist = raw_terms.codelist
    and upper(terms.term) = raw_terms.raw_term
    and terms.term = raw_terms.term
where raw_terms.raw_term is null
