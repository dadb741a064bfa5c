-- One row per number of ours about adverse events of an analysis's treated that a
-- published number may be held against, under one name.

-- depends_on: {{ ref('gate_analyses') }}

with

treated_sites as (

    select distinct
        analysis_id,
        studyid

    from {{ ref('analysis_arms') }}
    where arm = 'treated'

),

counts as (

    select
        treated_sites.analysis_id,
        counts."window",
        counts.kind,
        counts.soc,
        counts.pt,
        counts.n_events,
        counts.n_subjects,
        counts.pct_subjects

    from {{ ref('adverse_events') }} as counts
    inner join treated_sites on counts.study_id = treated_sites.studyid
    where counts.population = 'dosed'

)

select
    analysis_id,
    'adverse_events/' || "window" || '/' || kind || '/' || soc || '/' || pt || '/'
    || measure as estimate,
    value,
    cast(null as varchar) as null_means,
    kind || 's of everybody dosed, ' || replace("window", '_', ' ') as definition

from (
    select
        analysis_id,
        "window",
        kind,
        soc,
        pt,
        unnest(['n_events', 'n_subjects', 'pct_subjects']) as measure,
        unnest(
            [cast(n_events as double), cast(n_subjects as double), pct_subjects]
        ) as value
    from counts
)
