with

elements as (

    {{ trials('trial_elements') }}

)

select
    studyid,
    'TE' as domain,
    etcd,
    element,
    testrl,
    teenrl,
    cast(null as varchar) as tedur

from elements
