-- origin is where time counts from: the time zero of the arms, where both have the same
-- one, else "time zero".

-- depends_on: {{ ref('gate_analyses') }}

with

endpoint_labels as (

    select
        analysis_id,
        endpoint,
        min(label) as endpoint_label

    from {{ ref('analysis_endpoints') }}
    group by analysis_id, endpoint

),

clocks as (

    select
        analysis_id,
        unnest(
            case arm when 'both' then ['treated', 'control'] else [arm] end
        ) as arm,
        time_zero

    from {{ ref('analysis_clocks') }}

),

origins as (

    select
        analysis_id,
        case
            when count(distinct time_zero) > 1 or count(distinct arm) = 1
            then 'time zero'
            else {{ words('min(time_zero)') }}
        end as origin

    from clocks
    where time_zero <> 'index'
    group by analysis_id

)

select
    curves.analysis_id,
    curves.endpoint,
    endpoint_labels.endpoint_label,
    curves.group_name,
    curves.conf_type,
    curves.day,
    curves.n_risk,
    curves.n_risk_weighted,
    curves.n_event,
    curves.n_censored,
    curves.survival,
    curves.ci_low,
    curves.ci_high,
    curves.weighting,
    coalesce(origins.origin, 'index') as origin

from {{ ref('survival_curves') }} as curves
left join endpoint_labels
    on curves.analysis_id = endpoint_labels.analysis_id
    and curves.endpoint = endpoint_labels.endpoint
left join origins on curves.analysis_id = origins.analysis_id
