-- Barczewska 2020 compares the monthly reduction during therapy with that before it,
-- and observed with predicted values. Before: run-in to index assessment; during: index
-- to response assessment; points per month of 365/12 days, negative is decline.
-- Predicted: the line through run-in and index assessment extended to the response
-- assessment, not truncated at 0 or 48. A control has the same periods around its own
-- index.

with

analyses as (

    select analysis_id
    from {{ ref('analysis_windows') }}
    where window_id in ('run_in', 'response')
    group by analysis_id
    having count(distinct window_id) = 2

),

members as (

    {{ pair_members(ref('pairs')) }}

),

assessed as (

    select
        analysis_id,
        pair_id,
        arm,
        max(rel_day) filter (where window_id = 'run_in') as run_in_day,
        max(total) filter (where window_id = 'run_in') as run_in_total,
        max(rel_day) filter (where window_id = 'baseline') as index_day,
        max(total) filter (where window_id = 'baseline') as index_total,
        max(rel_day) filter (where window_id = 'response') as response_day,
        max(total) filter (where window_id = 'response') as response_total

    from {{ ref('pair_assessments') }}
    group by analysis_id, pair_id, arm

),

rates as (

    select
        members.analysis_id,
        members.pair_id,
        members.arm,
        members.usubjid,
        assessed.run_in_total,
        assessed.index_total,
        assessed.response_total,
        {{ months('assessed.index_day - assessed.run_in_day') }} as months_before,
        {{ months('assessed.response_day - assessed.index_day') }} as months_during

    from members
    inner join analyses on members.analysis_id = analyses.analysis_id
    left join assessed
        on members.analysis_id = assessed.analysis_id
        and members.pair_id = assessed.pair_id
        and members.arm = assessed.arm

)

select
    analysis_id,
    pair_id,
    arm,
    usubjid,
    run_in_total,
    index_total,
    response_total,
    months_before,
    months_during,
    (index_total - run_in_total) / nullif(months_before, 0) as rate_before,
    (response_total - index_total) / nullif(months_during, 0) as rate_during,
    index_total
    + (index_total - run_in_total) / nullif(months_before, 0) * months_during
        as predicted_total,
    case
        when index_total is null then 'no index assessment'
        when run_in_total is null then 'no run-in assessment'
        when response_total is null then 'no response assessment'
    end as note

from rates
