-- One row per study and element of its arms (SDTMIG 3.4, TE).

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
