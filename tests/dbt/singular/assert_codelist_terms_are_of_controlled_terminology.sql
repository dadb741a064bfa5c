-- A term that a delivered word is read as and that its codelist does not hold, be it a
-- slip of spelling, would be in every coded column that the word reaches.

with

read_as as (

    select
        raw_term,
        term,
        case codelist
            when 'DOSEUNIT' then 'UNIT'
            when 'FAMHX' then 'NY'
            when 'PRDECOD' then 'PROCEDUR'
            else codelist
        end as codelist
    from {{ ref('raw_terms') }}

    {% for seed, raw_term, column, codelist in [
        ('lab_tests', 'raw_test', 'lbtestcd', 'LBTESTCD'),
        ('lab_tests', 'raw_test', 'lbtest', 'LBTEST'),
        ('lab_tests', 'raw_test', 'lbcat', 'LBCAT'),
        ('lab_tests', 'raw_test', 'lbspec', 'SPECTYPE'),
        ('lab_tests', 'raw_test', 'standard_unit', 'UNIT'),
        ('lab_units', 'raw_unit', 'unit', 'UNIT'),
        ('relatives', 'proact_column', 'srel', 'RELSUB'),
        ('strength_tests', 'raw_test', 'mktestcd', 'MUSCTSCD'),
        ('strength_tests', 'raw_test', 'mktest', 'MUSCTS'),
        ('strength_tests', 'raw_test', 'standard_unit', 'UNIT'),
    ] -%}
    union all

    select
        {{ raw_term }} as raw_term,
        {{ column }} as term,
        '{{ codelist }}' as codelist
    from {{ ref(seed) }}
    where {{ column }} is not null

    {% endfor %}

)

select read_as.*
from read_as
left join {{ ref('controlled_terms') }} as terms
    on read_as.codelist = terms.codelist and read_as.term = terms.term
where terms.term is null
