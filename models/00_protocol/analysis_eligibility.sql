-- The rows of seeds/protocol/eligibility.csv for every analysis, inherited ones
-- included, and after them the step that the pool of seeds/protocol/follow_up.csv asks:
-- a control of a pseudo-trial that records deaths.
--
-- The last step is of analyses whose clock does not start at the index day, or whose
-- endpoints have events beyond death and the two kinds of ventilation: a subject must be
-- free of every event at entry. (Of those three, is_ventilated_at_index is a
-- criterion.)

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

),

with_entry as (

    select analysis_id
    from {{ ref('analysis_clocks') }}
    where time_zero <> 'index'

    union distinct

    select analysis_id
    from {{ ref('analysis_endpoints') }}
    where event not in (
            'DEATH', 'TRACHEOSTOMY', 'MECHANICAL VENTILATION'
        )
        or role in ('competing', 'censor')

),

added as (

    select
        follow_up.analysis_id,
        1 as place,
        'recording_pseudo_trial' as criterion,
        case follow_up.arms when 'both' then 'both' else 'control' end as arm,
        'deaths_recorded' as variable,
        'in' as operator,
        'yes|full|site' as value,
        'Of a pseudo-trial that records deaths' as label

    from {{ ref('analysis_follow_up') }} as follow_up
    where follow_up.pool = 'recording'

    union all by name

    select
        analysis_id,
        2 as place,
        'event_free_at_entry' as criterion,
        'both' as arm,
        'is_event_free_at_entry' as variable,
        '=' as operator,
        'true' as value,
        'Free of every event of the endpoints when its time at risk begins' as label

    from with_entry

)

select * from given

union all by name

select
    added.analysis_id,
    last_steps.step
    + row_number() over (partition by added.analysis_id order by added.place) as step,
    added.criterion,
    added.arm,
    added.variable,
    added.operator,
    added.value,
    added.label

from added
inner join last_steps on added.analysis_id = last_steps.analysis_id
