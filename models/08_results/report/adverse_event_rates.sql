-- All subjects of the study's arm are included, matched or not.

-- depends_on: {{ ref('gate_analyses') }}

select
    arms.analysis_id,
    arms.arm,
    events.study_id,
    events.population,
    events.window,
    events.kind,
    events.soc,
    events.pt,
    events.n_at_risk,
    events.n_subjects,
    events.n_events,
    events.pct_subjects,
    events.person_years,
    events.rate_per_100_py

from {{ ref('analysis_arms') }} as arms
inner join {{ ref('adverse_events') }} as events
    on arms.studyid = events.study_id
    and (
        events.population = 'dosed'
        or arms.armcd = 'ANY'
        or arms.armcd = events.population
    )
