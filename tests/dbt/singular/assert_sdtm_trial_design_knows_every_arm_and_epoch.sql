-- An arm or epoch of a record that the trial's design does not have belongs to no
-- planned part of it.

with

recorded as (

    select distinct
        studyid,
        'armcd' as variable,
        armcd as value
    from {{ ref('dm') }}
    where armcd is not null

    {% for domain in ['ae', 'cm', 'ds', 'ex', 'pr', 'qs', 're', 'vs'] %}
    union all

    select distinct
        studyid,
        'epoch' as variable,
        epoch as value
    from {{ ref(domain) }}
    where epoch is not null
    {% endfor %}

),

planned as (

    select
        studyid,
        'armcd' as variable,
        armcd as value
    from {{ ref('ta') }}

    union

    select
        studyid,
        'epoch' as variable,
        epoch as value
    from {{ ref('ta') }}

)

select distinct recorded.*
from recorded
left join planned
    on recorded.studyid = planned.studyid
    and recorded.variable = planned.variable
    and recorded.value = planned.value
where planned.value is null
