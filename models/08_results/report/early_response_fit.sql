-- depends_on: {{ ref('gate_analyses') }}

select
    early.analysis_id,
    analyses.label,
    early.difference,
    early.failure_probability,
    early.ci_low,
    early.ci_high,
    early.p_value,
    early.n_pairs,
    early.n_failures,
    early.note

from {{ ref('early_response') }} as early
inner join {{ ref('analyses') }} as analyses
    on early.analysis_id = analyses.analysis_id
