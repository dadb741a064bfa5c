-- depends_on: {{ ref('gate_analyses') }}

with

endpoint_labels as (

    select
        analysis_id,
        endpoint,
        min(label) as endpoint_label

    from {{ ref('analysis_endpoints') }}
    group by analysis_id, endpoint

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
    curves.weighting

from {{ ref('survival_curves') }} as curves
left join endpoint_labels
    on curves.analysis_id = endpoint_labels.analysis_id
    and curves.endpoint = endpoint_labels.endpoint
