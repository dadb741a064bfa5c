{#-
    What every BDS table derives alike: ABLFL, BASE, CHG and the analysis windows.

    `values` is a CTE as `windowed_values` takes it, with at most one row per usubjid,
    paramcd, ady and in_day. BASE is the last value up to day 1 and stands on every row of
    the parameter; CHG = AVAL - BASE, on the days after the baseline only.
-#}
{% macro analysis_values(values, windows) -%}
with

windowed as (

    {{ windowed_values(values, windows) }}

),

flagged as (

    select
        *,
        {{ baseline_flag(['usubjid', 'paramcd'], in_day=['in_day']) }} as ablfl

    from windowed

),

baselines as (

    select
        usubjid,
        paramcd,
        aval as base,
        ady as baseline_ady

    from flagged
    where ablfl = 'Y'

)

select
    flagged.*,
    baselines.base,
    case
        when flagged.ady > baselines.baseline_ady then flagged.aval - baselines.base
    end as chg

from flagged
left join baselines
    on flagged.usubjid = baselines.usubjid and flagged.paramcd = baselines.paramcd
{%- endmacro %}
