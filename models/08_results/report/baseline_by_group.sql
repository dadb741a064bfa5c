-- depends_on: {{ ref('gate_analyses') }}

with

wide as (

    select
        analysis_id,
        sample,
        variable,
        level,
        group_name,
        {% for statistic in [
            'n', 'n_missing', 'percent', 'mean', 'sd', 'median', 'q1', 'q3', 'min', 'max'
        ] -%}
        max(value) filter (where statistic = '{{ statistic }}') as {{ statistic }}
        {{- ',' if not loop.last }}
        {% endfor %}

    from {{ ref('baseline_table') }}
    group by analysis_id, sample, variable, level, group_name

)

select
    wide.analysis_id,
    wide.sample,
    wide.variable,
    coalesce(variables.label, wide.variable) as label,
    variables.unit,
    wide.level,
    wide.group_name,
    cast(wide.n as bigint) as n,
    cast(wide.n_missing as bigint) as n_missing,
    wide.percent,
    wide.mean,
    wide.sd,
    wide.median,
    wide.q1,
    wide.q3,
    wide.min as smallest,
    wide.max as largest

from wide
left join {{ ref('variables') }} as variables
    on wide.variable = variables.variable
