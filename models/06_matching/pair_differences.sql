-- Variables: the numeric ones that the analysis matches on or reports, those of
-- seeds/protocol/pair_bounds.csv, and the score where there is one. A missing value
-- leaves the difference null. A control in several pairs counts in each.

with

wanted as (

    select
        terms.analysis_id,
        terms.variable,
        variables.unit

    from {{ ref('analysis_matching_terms') }} as terms
    inner join {{ ref('variables') }} as variables
        on terms.variable = variables.variable
    where variables.kind = 'numeric'

    union

    select
        bounds.analysis_id,
        bounds.variable,
        variables.unit

    from {{ ref('analysis_pair_bounds') }} as bounds
    inner join {{ ref('variables') }} as variables
        on bounds.variable = variables.variable

),

of_covariates as (

    select
        pairs.analysis_id,
        pairs.pair_id,
        pairs.treated_usubjid,
        pairs.control_usubjid,
        wanted.variable,
        wanted.unit,
        try_cast(treated.value as double) as treated_value,
        try_cast(control.value as double) as control_value

    from {{ ref('pairs') }} as pairs
    inner join wanted on pairs.analysis_id = wanted.analysis_id
    left join {{ ref('covariate_values') }} as treated
        on pairs.analysis_id = treated.analysis_id
        and pairs.treated_usubjid = treated.usubjid
        and wanted.variable = treated.variable
    left join {{ ref('covariate_values') }} as control
        on pairs.analysis_id = control.analysis_id
        and pairs.control_usubjid = control.usubjid
        and wanted.variable = control.variable

),

of_scores as (

    select
        pairs.analysis_id,
        pairs.pair_id,
        pairs.treated_usubjid,
        pairs.control_usubjid,
        'score' as variable,
        cast(null as varchar) as unit,
        treated.score as treated_value,
        control.score as control_value

    from {{ ref('pairs') }} as pairs
    inner join {{ ref('propensity_scores') }} as treated
        on pairs.analysis_id = treated.analysis_id
        and pairs.treated_usubjid = treated.usubjid
    inner join {{ ref('propensity_scores') }} as control
        on pairs.analysis_id = control.analysis_id
        and pairs.control_usubjid = control.usubjid

),

both_kinds as (

    select * from of_covariates
    union all
    select * from of_scores

)

select
    analysis_id,
    pair_id,
    variable,
    unit,
    treated_usubjid,
    control_usubjid,
    treated_value,
    control_value,
    treated_value - control_value as difference,
    abs(treated_value - control_value) as abs_difference

from both_kinds
