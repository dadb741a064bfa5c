with

arms as (

    {{ trials('trial_arms') }}

),

elements as (

    {{ trials('trial_elements') }}

)

select
    arms.studyid,
    'TA' as domain,
    arms.armcd,
    arms.arm,
    arms.taetord,
    arms.etcd,
    elements.element,
    arms.tabranch,
    arms.tatrans,
    arms.epoch

from arms
inner join elements
    on arms.studyid = elements.studyid and arms.etcd = elements.etcd
