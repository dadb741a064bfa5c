-- Barczewska 2020. Change = total at the response assessment - total at the index
-- assessment; the difference is the treated subject's change minus the control's. Above
-- 3 progression decreased, below -3 it increased, from -3 to 3 it did not change: the
-- paper leaves exactly 3 and -3 open, and here they are no change. Without an
-- assessment there is no class.

with

analyses as (

    select distinct analysis_id
    from {{ ref('analysis_windows') }}
    where window_id = 'response'

),

changes as (

    select
        later.analysis_id,
        later.pair_id,
        later.arm,
        max(later.total - baseline.total) filter (
            where later.window_id = 'response'
        ) as change,
        max(later.total - baseline.total) filter (
            where later.window_id = 'early_response'
        ) as early_change

    from {{ ref('pair_assessments') }} as later
    inner join {{ ref('pair_assessments') }} as baseline
        on later.analysis_id = baseline.analysis_id
        and later.pair_id = baseline.pair_id
        and later.arm = baseline.arm
        and baseline.window_id = 'baseline'
    group by later.analysis_id, later.pair_id, later.arm

),

differences as (

    select
        pairs.analysis_id,
        pairs.pair_id,
        pairs.treated_usubjid,
        pairs.control_usubjid,
        treated.change as treated_change,
        control.change as control_change,
        treated.change - control.change as difference,
        treated.early_change - control.early_change as early_difference

    from {{ ref('pairs') }} as pairs
    inner join analyses on pairs.analysis_id = analyses.analysis_id
    left join changes as treated
        on pairs.analysis_id = treated.analysis_id
        and pairs.pair_id = treated.pair_id
        and treated.arm = 'treated'
    left join changes as control
        on pairs.analysis_id = control.analysis_id
        and pairs.pair_id = control.pair_id
        and control.arm = 'control'

)

select
    analysis_id,
    pair_id,
    treated_usubjid,
    control_usubjid,
    treated_change,
    control_change,
    difference,
    case
        when difference > 3 then 'decreased'
        when difference < -3 then 'increased'
        when difference is not null then 'no change'
    end as response,
    early_difference

from differences
