-- depends_on: {{ ref('gate_analyses') }}

with

declines as (

    select
        analysis_id,
        'function_decline/' || arm || '/' || comparison || '/' || test || '/p'
            as estimate,
        p_value as value,
        'Wilcoxon signed-rank, ' || comparison || ', ' || arm || ': ' || definition
            as definition

    from {{ ref('function_decline_tests') }}

),

regressions as (

    select
        analysis_id,
        'function_regression/' || model_id || '/' || term || '/' || measure as estimate,
        value,
        case
            when measure in ('coef', 'se') then 'in points per month: '
            when measure in ('beta', 'beta_se') then 'standardised: '
            else ''
        end || definition as definition

    from (
        select
            analysis_id,
            model_id,
            term,
            definition,
            unnest(['coef', 'se', 'beta', 'beta_se', 'p']) as measure,
            unnest([coef, se, beta, beta_se, p_value]) as value
        from {{ ref('function_regression') }}
    )

),

all_estimates as (

    select * from declines
    union all
    select * from regressions

)

select
    analysis_id,
    estimate,
    value,
    cast(null as varchar) as null_means,
    definition

from all_estimates
