-- As in Nam 2023, terms of ALS progression are no adverse events, and all dosed
-- subjects are counted. What a study does not record has no value, with a note.

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
        study_id,
        'safety_table/' || table_id || '/' || soc || '/' || pt as counted,
        n_events,
        n_subjects,
        pct_subjects,
        label || coalesce('; ' || note, '') as definition

    from {{ ref('safety_table') }}
    where population = 'dosed'

    union all

    select
        study_id,
        'safety_summary/' || window_name || '/' || kind as counted,
        n_events,
        n_subjects,
        pct_subjects,
        definition || ', ' || replace(window_name, '_', ' ')
        || coalesce('; ' || note, '') as definition

    from {{ ref('safety_summary') }}
    where population = 'dosed'

),

measures as (

    select
        treated_sites.analysis_id,
        counts.counted,
        counts.definition,
        unnest(['n_events', 'n_subjects', 'pct_subjects']) as measure,
        unnest(
            [
                cast(counts.n_events as double),
                cast(counts.n_subjects as double),
                counts.pct_subjects
            ]
        ) as value

    from counts
    inner join treated_sites on counts.study_id = treated_sites.studyid

)

select
    analysis_id,
    counted || '/' || measure as estimate,
    value,
    cast(null as varchar) as null_means,
    definition

from measures
