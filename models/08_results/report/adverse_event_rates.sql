-- One row per analysis, arm, study, population, window, kind, system organ class and
-- preferred term: the adverse events of the studies that feed the arms. All subjects of
-- the study's arm, not the matched ones.

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
