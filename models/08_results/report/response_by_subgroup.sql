-- depends_on: {{ ref('gate_analyses') }}

select
    response.analysis_id,
    analyses.label,
    response.subgroup_set,
    response.subgroup,
    response.n_pairs,
    response.n_decreased,
    response.n_no_change,
    response.n_increased,
    response.n_without_class,
    response.pct_decreased,
    response.pct_no_change,
    response.pct_increased,
    response.ratio,
    response.p_value,
    response.definition

from {{ ref('response_table') }} as response
inner join {{ ref('analyses') }} as analyses
    on response.analysis_id = analyses.analysis_id
