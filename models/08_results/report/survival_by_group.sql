-- One row per analysis, endpoint, group and kind of interval: median and restricted
-- mean survival, and the day on which the follow-up of the group ends.

-- depends_on: {{ ref('gate_analyses') }}

with

ends as (

    select
        analysis_id,
        endpoint,
        group_name,
        conf_type,
        min(endpoint_label) as endpoint_label,
        max(day) as last_day

    from {{ ref('survival_steps') }}
    group by analysis_id, endpoint, group_name, conf_type

)

select
    summary.analysis_id,
    summary.endpoint,
    ends.endpoint_label,
    summary.group_name,
    summary.conf_type,
    summary.n,
    summary.n_events,
    summary.median_days,
    summary.median_ci_low,
    summary.median_ci_high,
    summary.rmst_days,
    summary.rmst_se,
    summary.tau,
    summary.tau_rule,
    ends.last_day

from {{ ref('survival_summary') }} as summary
left join ends
    on summary.analysis_id = ends.analysis_id
    and summary.endpoint = ends.endpoint
    and summary.group_name = ends.group_name
    and summary.conf_type = ends.conf_type
