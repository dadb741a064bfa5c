-- depends_on: {{ ref('gate_analyses') }}

with

counted as (

    select
        analysis_id,
        subgroup,
        definition,
        ratio,
        pct_decreased,
        pct_no_change,
        pct_increased,
        n_pairs,
        n_decreased,
        n_no_change,
        n_increased,
        n_decreased + n_no_change + n_increased as n_classed,
        sum(n_pairs) over (partition by analysis_id, subgroup_set) as n_all_pairs

    from {{ ref('response_table') }}

),

responses as (

    select
        analysis_id,
        'response/' || subgroup || '/' || measure as estimate,
        value,
        case measure
            when 'ratio'
            then definition
            when 'n_pairs'
            then 'pairs whose treated subject is of the subgroup'
            when 'pct_pairs'
            then 'percent of all pairs whose treated subject is of the subgroup'
            when 'n_classed'
            then 'pairs of the subgroup with a response class'
            else 'pairs of the subgroup by response class'
        end as definition

    from (
        select
            analysis_id,
            subgroup,
            definition,
            unnest(
                [
                    'n_pairs',
                    'pct_pairs',
                    'n_classed',
                    'n_decreased',
                    'n_no_change',
                    'n_increased',
                    'n_decreased_or_no_change',
                    'n_no_change_or_increased',
                    'pct_decreased',
                    'pct_no_change',
                    'pct_increased',
                    'pct_decreased_or_no_change',
                    'pct_no_change_or_increased',
                    'ratio'
                ]
            ) as measure,
            unnest(
                [
                    cast(n_pairs as double),
                    100.0::double * n_pairs / nullif(n_all_pairs, 0),
                    cast(n_classed as double),
                    cast(n_decreased as double),
                    cast(n_no_change as double),
                    cast(n_increased as double),
                    cast(n_decreased + n_no_change as double),
                    cast(n_no_change + n_increased as double),
                    pct_decreased,
                    pct_no_change,
                    pct_increased,
                    pct_decreased + pct_no_change,
                    pct_no_change + pct_increased,
                    ratio
                ]
            ) as value
        from counted
    )

),

early_responses as (

    select
        analysis_id,
        'early_response/' || cast(difference as varchar) || '/pct_failure' as estimate,
        100 * failure_probability as value,
        'logistic regression of failure on the early difference' as definition

    from {{ ref('early_response') }}
    where difference is not null

),

-- Every row of an analysis carries the same slope.
early_slopes as (

    select
        analysis_id,
        'early_response/' || measure as estimate,
        value,
        'logistic regression of failure on the early difference, Wald' as definition

    from (
        select
            analysis_id,
            unnest(['slope', 'slope_ci_low', 'slope_ci_high', 'slope_p']) as measure,
            unnest([slope, slope_ci_low, slope_ci_high, p_value]) as value
        from {{ ref('early_response') }}
        where difference = 0
    )

),

all_estimates as (

    select * from responses
    union all
    select * from early_responses
    union all
    select * from early_slopes

)

select
    analysis_id,
    estimate,
    value,
    cast(null as varchar) as null_means,
    definition

from all_estimates
