-- depends_on: {{ ref('gate_analyses') }}

select
    cox.analysis_id,
    analyses.label,
    analyses.based_on,
    cox.model_id,
    cox.variance,
    cox.endpoint,
    cox.term,
    cox.hazard_ratio,
    cox.ci_low,
    cox.ci_high,
    cox.p_value,
    cox.n,
    cox.n_events,
    cox.n_left_out,
    cox.ties,
    cox.population,
    cox.estimand,
    hazards.p_value as ph_p_value,
    hazards_global.p_value as ph_global_p_value,
    cox.note

from {{ ref('cox') }} as cox
inner join {{ ref('analyses') }} as analyses
    on cox.analysis_id = analyses.analysis_id
left join {{ ref('proportional_hazards') }} as hazards
    on cox.analysis_id = hazards.analysis_id
    and cox.model_id = hazards.model_id
    and cox.term = hazards.term
left join {{ ref('proportional_hazards') }} as hazards_global
    on cox.analysis_id = hazards_global.analysis_id
    and cox.model_id = hazards_global.model_id
    and hazards_global.term = 'GLOBAL'
