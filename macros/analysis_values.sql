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
        {%- for value, name in [
            ('aval', 'base'), ('ady', 'baseline_ady'), ('aseq', 'baseline_aseq')
        ] %}
        {{ baseline_value(value, 'ady', 'in_day', known='aval', sequence='aseq') }}
            as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from numbered
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
    case when windowed.aseq = baselines.baseline_aseq then 'Y' end as ablfl

from windowed
left join baselines
    on windowed.subject_no = baselines.subject_no and windowed.paramn = baselines.paramn
{%- endmacro %}
