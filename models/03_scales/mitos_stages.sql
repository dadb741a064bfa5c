-- Chio 2015, Table 1. Movement is lost at walking <= 1 or dressing <= 1; swallowing at
-- swallowing <= 1; communicating at speech <= 1 and handwriting <= 1; breathing at
-- dyspnea <= 1 or respiratory insufficiency <= 2. A domain that the recorded items do
-- not decide is unknown, and so is the stage.

with

losses as (

    select
        usubjid,
        qsspid,
        walking <= 1 or dressing <= 1 as is_movement_lost,
        swallowing <= 1 as is_swallowing_lost,
        speech <= 1 and handwriting <= 1 as is_communicating_lost,
        dyspnea <= 1 or respiratory_insufficiency <= 2 as is_breathing_lost

    from {{ ref('assessments') }}

)

select
    usubjid,
    qsspid,
    is_movement_lost,
    is_swallowing_lost,
    is_communicating_lost,
    is_breathing_lost,
    cast(is_movement_lost as bigint)
    + cast(is_swallowing_lost as bigint)
    + cast(is_communicating_lost as bigint)
    + cast(is_breathing_lost as bigint) as mitos_stage

from losses
