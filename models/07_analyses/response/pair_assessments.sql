-- Most windows are a subject's own (cohort.window_assessments). A control's window that
-- is anchored at the pair depends on its treated subject: its target lies as many days
-- after the control's baseline assessment as the treated subject's target after that
-- one's baseline assessment.

with

members as (

    {{ pair_members(ref('pairs')) }}

),

own as (

    select
        members.analysis_id,
        members.pair_id,
        members.arm,
        members.usubjid,
        found.window_id,
        found.target_day,
        found.qsspid,
        found.rel_day,
        found.total

    from members
    inner join {{ ref('window_assessments') }} as found
        on members.analysis_id = found.analysis_id
        and members.usubjid = found.usubjid

),

targets as (

    select
        windows.analysis_id,
        control.pair_id,
        control.usubjid,
        windows.window_id,
        control.rel_day + treated.target_day - treated_baseline.rel_day
        + windows.offset_days as target_day,
        windows.from_day,
        windows.to_day,
        windows.requires

    from {{ ref('analysis_windows') }} as windows
    inner join own as control
        on windows.analysis_id = control.analysis_id
        and control.arm = 'control'
        and control.window_id = 'baseline'
    inner join own as treated_baseline
        on control.analysis_id = treated_baseline.analysis_id
        and control.pair_id = treated_baseline.pair_id
        and treated_baseline.arm = 'treated'
        and treated_baseline.window_id = 'baseline'
    inner join own as treated
        on treated_baseline.analysis_id = treated.analysis_id
        and treated_baseline.pair_id = treated.pair_id
        and treated.arm = 'treated'
        and windows.window_id = treated.window_id
    where windows.anchor = 'pair'

),

found_by_pair as (

    {{ nearest_assessments('targets', within='pair_id') }}

)

select * from own

union all

select
    analysis_id,
    pair_id,
    'control' as arm,
    usubjid,
    window_id,
    target_day,
    qsspid,
    rel_day,
    total

from found_by_pair
