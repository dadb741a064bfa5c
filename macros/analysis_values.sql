{#-
    What every BDS table derives: ASEQ, ABLFL, BASE, CHG and the analysis windows.

    `values` is a CTE as `windowed_values` takes it, with at most one row per subject_no,
    paramn, ady and in_day. BASE is the last value up to day 1, of several on
    that day the last by in_day, and stands on every row of the parameter; CHG = AVAL -
    BASE, on the days after the baseline only. Keep texts out of `values`: they are sorted
    with it, and a join afterwards is cheaper.
-#}
{% macro analysis_values(values, windows) -%}
with

numbered as (

    select
        *,
        row_number() over (
            partition by subject_no order by paramn, ady nulls last, in_day
        ) as aseq

    from {{ values }}

),

baselines as (

    select
        subject_no,
        paramn,
        {{ baseline_value('aval', 'ady', 'in_day') }} as base,
        {{ baseline_value('ady', 'ady', 'in_day', known='aval') }} as baseline_ady,
        {{ baseline_value('in_day', 'ady', 'in_day', known='aval') }} as baseline_in_day

    from {{ values }}
    group by subject_no, paramn

),

windowed as (

    {{ windowed_values('numbered', windows) }}

)

select
    windowed.*,
    baselines.base,
    case
        when windowed.ady > baselines.baseline_ady then windowed.aval - baselines.base
    end as chg,
    case
        when windowed.ady = baselines.baseline_ady
            and windowed.in_day = baselines.baseline_in_day
        then 'Y'
    end as ablfl

from windowed
left join baselines
    on windowed.subject_no = baselines.subject_no and windowed.paramn = baselines.paramn
{%- endmacro %}
