-- A term that a delivered word is read as and that its codelist does not hold, be it a
-- slip of spelling, would be in every coded column that the word reaches.

with

read_as as (

    select
        raw_term,
        term,
        case codelist
            when 'DOSEUNIT' then 'UNIT' when 'PRDECOD' then 'PROCEDUR' else codelist
        end as codelist
    from {{ ref('raw_terms') }}

)

select read_as.*
from read_as
left join {{ ref('controlled_terms') }} as terms
    on read_as.codelist = terms.codelist and read_as.term = terms.term
where terms.term is null
