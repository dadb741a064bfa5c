-- Barczewska 2020: age within 5 and 10 years, progression within 0.3, 0.5 and equal;
-- Supplementary Figures 1 and 2. within: the absolute difference is at most the bound,
-- ends included; bin: treated - control from low to below high. Differences are rounded
-- to nine decimals, so that 0.8 - 0.5 is 0.3. Percent is of the pairs whose difference
-- is known.

with

differences as (

    select
        bounds.analysis_id,
        bounds.variable,
        bounds.position,
        bounds.kind,
        bounds.low,
        bounds.high,
        bounds.decimals,
        bounds.label,
        pairs.pair_id,
        round(
            case
                when bounds.decimals is null then pairs.difference
                else round(pairs.treated_value, cast(bounds.decimals as integer))
                    - round(pairs.control_value, cast(bounds.decimals as integer))
            end,
            9
        ) as difference

    from {{ ref('analysis_pair_bounds') }} as bounds
    left join {{ ref('pair_differences') }} as pairs
        on bounds.analysis_id = pairs.analysis_id and bounds.variable = pairs.variable

),

judged as (

    select
        *,
        case kind
            when 'within' then abs(difference) <= high
            else (low is null or difference >= low)
                and (high is null or difference < high)
        end as is_within

    from differences

)

select
    analysis_id,
    variable,
    position,
    kind,
    low,
    high,
    decimals,
    label,
    count(pair_id) as n_pairs,
    count(difference) as n_known,
    count(*) filter (where difference is not null and is_within) as n_within,
    100.0::double * count(*) filter (where difference is not null and is_within)
        / nullif(count(difference), 0) as pct_within

from judged
group by analysis_id, variable, position, kind, low, high, decimals, label
