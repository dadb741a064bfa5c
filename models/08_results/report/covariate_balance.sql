-- One row per analysis, variable or level, and sample: how alike the arms are, with the
-- variable in words.

-- depends_on: {{ ref('gate_analyses') }}

select
    balance.analysis_id,
    balance.variable,
    split_part(balance.variable, '=', 1) as column_name,
    nullif(split_part(balance.variable, '=', 2), '') as level,
    coalesce(variables.label, balance.variable) as label,
    variables.unit,
    balance.role,
    balance.sample,
    balance.n_treated,
    balance.n_control,
    balance.mean_treated,
    balance.mean_control,
    balance.smd,
    balance.denominator,
    balance.variance_ratio

from {{ ref('balance') }} as balance
left join {{ ref('variables') }} as variables
    on split_part(balance.variable, '=', 1) = variables.variable
