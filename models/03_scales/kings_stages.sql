-- Balendra 2014. Stage 4: gastrostomy, dyspnea 0 or respiratory insufficiency below 4.
-- Else the number of involved regions: bulbar when speech, salivation or swallowing is
-- below 4, upper limb when handwriting or cutting is, lower limb when walking is. A
-- missing item leaves a region unknown unless another item already shows it involved;
-- an unknown region or an unknown breathing leaves the stage unknown unless it is 4
-- anyway. Stage 0, none involved, is kept; the setting kings_zero_as_one counts it as
-- 1, as others do.

with

criteria as (

    select
        usubjid,
        qsspid,
        speech < 4 or salivation < 4 or swallowing < 4 as is_bulbar_involved,
        handwriting < 4 or cutting < 4 as is_upper_limb_involved,
        walking < 4 as is_lower_limb_involved,
        has_gastrostomy or dyspnea = 0 or respiratory_insufficiency < 4
            as is_nutrition_or_breathing_failing

    from {{ ref('assessments') }}

),

regions as (

    select
        *,
        cast(is_bulbar_involved as bigint)
        + cast(is_upper_limb_involved as bigint)
        + cast(is_lower_limb_involved as bigint) as n_regions

    from criteria

)

select
    usubjid,
    qsspid,
    is_bulbar_involved,
    is_upper_limb_involved,
    is_lower_limb_involved,
    is_nutrition_or_breathing_failing,
    case
        when is_nutrition_or_breathing_failing then 4
        when is_nutrition_or_breathing_failing is null then null
        {% if var('kings_zero_as_one', false) -%}
        when n_regions = 0 then 1
        {% endif -%}
        else n_regions
    end as kings_stage

from regions
