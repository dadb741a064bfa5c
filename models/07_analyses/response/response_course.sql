-- Barczewska 2020, Figure 2. The class is that of the pair, for both of its members;
-- all takes every pair with a class. Figure 2 shows the total and the cumulative change
-- without naming the origin: mean_change counts from the index assessment,
-- mean_change_from_run_in from the first assessment of the figure, six months before.

with

windows as (

    select distinct
        windows.analysis_id,
        arms.arm,
        windows.window_id,
        windows.anchor,
        case
            when windows.window_id = 'baseline' then 0
            when windows.anchor = 'baseline' then windows.offset_days
        end as nominal_day

    from {{ ref('analysis_windows') }} as windows
    inner join (select unnest(['treated', 'control']) as arm) as arms
        on windows.arm in (arms.arm, 'both')

),

classed as (

    select
        analysis_id,
        pair_id,
        response as response_class

    from {{ ref('response') }}
    where response is not null

    union all

    select
        analysis_id,
        pair_id,
        'all' as response_class

    from {{ ref('response') }}
    where response is not null

),

assessed as (

    select
        classed.analysis_id,
        classed.response_class,
        windows.arm,
        windows.window_id,
        windows.nominal_day,
        classed.pair_id,
        found.total,
        found.rel_day - baseline.rel_day as days_from_index,
        found.total - baseline.total as change,
        found.total - run_in.total as change_from_run_in

    from classed
    inner join windows on classed.analysis_id = windows.analysis_id
    left join {{ ref('pair_assessments') }} as found
        on classed.analysis_id = found.analysis_id
        and classed.pair_id = found.pair_id
        and windows.arm = found.arm
        and windows.window_id = found.window_id
        and found.total is not null
    left join {{ ref('pair_assessments') }} as baseline
        on classed.analysis_id = baseline.analysis_id
        and classed.pair_id = baseline.pair_id
        and windows.arm = baseline.arm
        and baseline.window_id = 'baseline'
    left join {{ ref('pair_assessments') }} as run_in
        on classed.analysis_id = run_in.analysis_id
        and classed.pair_id = run_in.pair_id
        and windows.arm = run_in.arm
        and run_in.window_id = 'run_in'

)

-- Means of sums, which are exact for whole days and points whatever the order of rows.
select
    analysis_id,
    response_class,
    arm,
    window_id,
    max(nominal_day) as nominal_day,
    count(*) as n_pairs,
    count(total) as n_assessed,
    sum(days_from_index) / nullif(count(days_from_index), 0)::double as mean_day,
    sum(total) / nullif(count(total), 0) as mean_total,
    sqrt(
        (count(total) * sum(total * total) - sum(total) * sum(total))
        / nullif(count(total) * (count(total) - 1), 0)
    ) as sd_total,
    sum(change) / nullif(count(change), 0) as mean_change,
    sum(change_from_run_in) / nullif(count(change_from_run_in), 0)
        as mean_change_from_run_in

from assessed
group by analysis_id, response_class, arm, window_id
