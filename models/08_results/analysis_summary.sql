-- One row per analysis: how many came, were eligible and were matched, and its hazard
-- ratio of treated against control (unadjusted, naive variance).

-- depends_on: {{ ref('gate_analyses') }}

with

counts as (

    select
        analysis_id,
        count(*) filter (where arm = 'treated') as n_treated,
        count(*) filter (where arm = 'control') as n_control,
        count(*) filter (where arm = 'treated' and is_eligible) as n_treated_eligible,
        count(*) filter (where arm = 'control' and is_eligible) as n_control_eligible

    from {{ ref('subjects') }}
    group by analysis_id

),

pairs as (

    select
        analysis_id,
        count(*) as n_pairs

    from {{ ref('pairs') }}
    group by analysis_id

),

largest_imbalances as (

    select
        analysis_id,
        max(abs(smd)) as largest_smd

    from {{ ref('balance') }}
    where sample = 'matched' and role <> 'balance'
    group by analysis_id

)

select
    analyses.analysis_id,
    analyses.based_on,
    analyses.label,
    analyses.why,
    counts.n_treated,
    counts.n_control,
    counts.n_treated_eligible,
    counts.n_control_eligible,
    coalesce(pairs.n_pairs, 0) as n_pairs,
    largest_imbalances.largest_smd,
    cox.endpoint,
    cox.n_events,
    cox.hazard_ratio,
    cox.ci_low,
    cox.ci_high,
    cox.note

from {{ ref('analyses') }} as analyses
left join counts on analyses.analysis_id = counts.analysis_id
left join pairs on analyses.analysis_id = pairs.analysis_id
left join largest_imbalances
    on analyses.analysis_id = largest_imbalances.analysis_id
left join {{ ref('cox') }} as cox
    on analyses.analysis_id = cox.analysis_id
    and cox.model_id = 'unadjusted'
    and cox.variance = 'naive'
    and cox.term = 'treated'
