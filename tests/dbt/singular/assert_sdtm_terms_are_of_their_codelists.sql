-- A term that is in no codelist, be it by one letter's case, falls into no group of any
-- table after it, silently, and makes every exported file invalid.

{% for table in sdtm_tables() -%}
-- depends_on: {{ ref(table) }}
{% endfor %}
with

coded as (

    {% for variable in sdtm_variables('codelist is not null') -%}
    select distinct
        '{{ variable.domain }}' as domain,
        '{{ variable.variable }}' as variable,
        '{{ variable.codelist }}' as codelist,
        cast({{ variable.variable }} as varchar) as term
    from {{ ref(variable.domain) }}
    where {{ variable.variable }} is not null
    union all
    {% endfor %}

    {% for table, condition, codelist in [
        ('suppdm', "qnam = 'ELESCOR'", 'ELESCOR'),
        ('suppdm', "qnam = 'VITALST'", 'VITALST'),
        ('suppdm', "qnam like 'RACE%'", 'RACE'),
        ('suppmh', "qnam = 'ONSETLOC'", 'ONSETLOC'),
    ] -%}
    select distinct
        '{{ table }}' as domain,
        'qval' as variable,
        '{{ codelist }}' as codelist,
        qval as term
    from {{ ref(table) }}
    where {{ condition }}
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select coded.*
from coded
left join {{ ref('controlled_terms') }} as terms
    on coded.codelist = terms.codelist and coded.term = terms.term
left join {{ ref('unmapped_terms') }} as unmapped
    on coded.variable in ('lborresu', 'mkorresu', 'vsorresu')
    and unmapped.codelist in ('UNIT', 'lab_units')
    and coded.term = unmapped.raw_term
where terms.term is null
    -- an original unit that no codelist knows stays as delivered, and is counted there
    and unmapped.raw_term is null
