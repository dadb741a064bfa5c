-- A record whose subject is not in DM is in no cohort, and its loss would go unnoticed;
-- a subject with the same number in two sources would be merged.

with

named as (

    {% for domain in [
        'ae', 'cm', 'ds', 'ex', 'lb', 'mh', 'mk', 'pr', 'qs', 're', 'vs', 'suppae',
        'suppdm', 'suppmh', 'suppmk', 'suppqs'
    ] -%}
    select distinct
        '{{ domain }}' as domain,
        studyid,
        usubjid
    from {{ ref(domain) }}
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select named.*
from named
left join {{ ref('dm') }} as dm
    on named.usubjid = dm.usubjid and named.studyid = dm.studyid
where dm.usubjid is null
