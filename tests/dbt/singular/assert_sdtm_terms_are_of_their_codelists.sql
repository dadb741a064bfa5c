-- A term that is in no codelist falls into no group of any table after it, silently.

with

coded as (

    {% for domain, column, codelist in [
        ('dm', 'sex', 'SEX'),
        ('dm', 'race', 'RACE'),
        ('dm', 'ethnic', 'ETHNIC'),
        ('dm', 'dthfl', 'NY'),
        ('dm', 'armcd', 'ARMCD'),
        ('ae', 'aesev', 'AESEV'),
        ('ae', 'aeser', 'NY'),
        ('ae', 'aerel', 'AEREL'),
        ('ae', 'aeout', 'OUT'),
        ('cm', 'cmpresp', 'NY'),
        ('cm', 'cmoccur', 'NY'),
        ('ds', 'dsdecod', 'DSDECOD'),
        ('lb', 'lblobxfl', 'NY'),
        ('mk', 'mkloc', 'LOC'),
        ('mk', 'mklat', 'LAT'),
        ('mk', 'mkstresu', 'UNIT'),
        ('pr', 'prdecod', 'PRDECOD'),
        ('qs', 'qslobxfl', 'NY'),
        ('qs', 'qsdrvfl', 'NY'),
        ('re', 'restresu', 'UNIT'),
        ('vs', 'vsstresu', 'UNIT'),
        ('suppmh', 'qval', 'ONSETLOC'),
    ] -%}
    select distinct
        '{{ domain }}.{{ column }}' as column_name,
        '{{ codelist }}' as codelist,
        {{ column }} as term
    from {{ ref(domain) }}
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select coded.*
from coded
left join {{ ref('raw_terms') }} as terms
    on coded.codelist = terms.codelist and coded.term = terms.term
where terms.term is null
    -- terms that no delivery writes, for what the tables themselves say
    and (coded.codelist, coded.term) not in (
        ('ARMCD', 'TREATED'), ('DSDECOD', 'RANDOMIZED'), ('UNIT', '%')
    )
