-- Variables that are not matched on are beside those that are, so that an imbalance
-- that matching did not address is shown.

-- depends_on: {{ ref('gate_analyses') }}

with

compared as (

    select * from {{ ref('balance') }}
    union all by name
    select * from {{ ref('additional_balance') }}

)

select
    compared.analysis_id,
    compared.variable,
    split_part(compared.variable, '=', 1) as column_name,
    nullif(split_part(compared.variable, '=', 2), '') as level,
    coalesce(variables.label, compared.variable) as label,
    variables.unit,
    compared.role,
    compared.role != 'not matched on' as is_matched_on,
    compared.sample,
    compared.n_treated,
    compared.n_control,
    compared.mean_treated,
    compared.mean_control,
    compared.smd,
    compared.denominator,
    compared.variance_ratio

from compared
left join {{ ref('variables') }} as variables
    on split_part(compared.variable, '=', 1) = variables.variable
