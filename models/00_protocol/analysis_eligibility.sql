-- The rows of seeds/protocol/eligibility.csv for every analysis, inherited ones
-- included, and after them the step that the pool of seeds/protocol/follow_up.csv asks:
-- a control of a pseudo-trial that records deaths.

with

given as (

    {{ resolved_protocol('eligibility') | indent(4) }}

),

last_steps as (

    select
        analysis_id,
        max(step) as step

    from given
    group by analysis_id

)

select * from given

union all by name

select
    follow_up.analysis_id,
    last_steps.step + 1 as step,
    'recording_pseudo_trial' as criterion,
    case follow_up.arms when 'both' then 'both' else 'control' end as arm,
    'deaths_recorded' as variable,
    'in' as operator,
    'yes|full|site' as value,
    'Of a pseudo-trial that records deaths' as label

from {{ ref('analysis_follow_up') }} as follow_up
inner join last_steps on follow_up.analysis_id = last_steps.analysis_id
where follow_up.pool = 'recording'
