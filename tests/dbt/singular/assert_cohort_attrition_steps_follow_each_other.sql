-- A reader adds the attrition up: who stays after a step comes to the next, and who
-- stays after the last is eligible. A subject that a step forgets breaks the chain.

with

steps as (

    select
        analysis_id,
        arm,
        step,
        n_before,
        n_after,
        lead(n_before) over (
            partition by analysis_id, arm order by step
        ) as n_before_next

    from {{ ref('attrition') }}

),

eligible as (

    select
        analysis_id,
        arm,
        count(*) filter (where is_eligible) as n_eligible

    from {{ ref('subjects') }}
    group by analysis_id, arm

)

select
    steps.*,
    eligible.n_eligible

from steps
inner join eligible
    on steps.analysis_id = eligible.analysis_id and steps.arm = eligible.arm
where steps.n_after <> coalesce(steps.n_before_next, eligible.n_eligible)
