-- One row per subject, test day and trial of vital capacity, and one derived row for
-- the best of a day's trials (SDTMIG 3.4, RE).
--
-- FVC and SVC are litres, FVCPP and SVCPP percent of predicted. A trial without percent
-- has it from its litres and the subject's predicted litres, in a derived row that
-- keeps its trial's number; the best of a day has none. RELOBXFL marks one row per
-- test, the best of the last day up to day 1.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

trials as (

    select
        subject_id,
        'FVC-' || cast(row_number as varchar) as respid,
        'FVC' as measure,
        forced_vital_capacity_delta as day,
        unnest([1, 2, 3]) as trial,
        unnest(
            [subject_liters_trial_1, subject_liters_trial_2, subject_liters_trial_3]
        ) as litres,
        unnest(
            [pct_of_normal_trial_1, pct_of_normal_trial_2, pct_of_normal_trial_3]
        ) as percent,
        subject_normal as predicted_litres

    from ({{ kept('stg_proact__fvc') }})

    union all

    select
        subject_id,
        'SVC-' || cast(row_number as varchar) as respid,
        'SVC' as measure,
        slow_vital_capacity_delta as day,
        unnest([1, 2, 3]) as trial,
        unnest(
            [subject_liters_trial_1, subject_liters__trial_2_, subject_liters__trial_3_]
        ) as litres,
        unnest(
            [pct_of_normal_trial_1, pct_of_normal_trial_2, pct_of_normal_trial_3]
        ) as percent,
        subject_normal as predicted_litres

    from ({{ kept('stg_proact__svc') }})

),

collected as (

    select
        subject_id,
        respid,
        measure as retestcd,
        'L' as unit,
        trial as rerepnum,
        litres as result,
        cast(null as varchar) as redrvfl,
        day
    from trials
    where litres is not null

    union all

    select
        subject_id,
        respid,
        measure || 'PP' as retestcd,
        '%' as unit,
        trial as rerepnum,
        percent as result,
        cast(null as varchar) as redrvfl,
        day
    from trials
    where percent is not null

    union all

    select
        subject_id,
        respid,
        measure || 'PP' as retestcd,
        '%' as unit,
        trial as rerepnum,
        round(litres / predicted_litres * 100, 4) as result,
        'Y' as redrvfl,
        day
    from trials
    where percent is null and litres is not null and predicted_litres > 0

),

best as (

    select
        subject_id,
        respid,
        retestcd,
        unit,
        cast(null as integer) as rerepnum,
        max(result) as result,
        'Y' as redrvfl,
        day

    from collected
    group by subject_id, respid, retestcd, unit, day

),

all_results as (

    select * from collected
    union all
    select * from best

)

select
    subjects.studyid,
    'RE' as domain,
    subjects.usubjid,
    row_number() over (
        partition by subjects.usubjid
        order by
            all_results.day,
            all_results.retestcd,
            all_results.respid,
            all_results.rerepnum nulls last
    ) as reseq,
    all_results.respid,
    all_results.retestcd,
    case all_results.retestcd
        when 'FVC' then 'Forced Vital Capacity'
        when 'FVCPP' then 'Percent Predicted Forced Vital Capacity'
        when 'SVC' then 'Slow Vital Capacity'
        when 'SVCPP' then 'Percent Predicted Slow Vital Capacity'
    end as retest,
    case
        when all_results.redrvfl is null then {{ number_text('all_results.result') }}
    end as reorres,
    case when all_results.redrvfl is null then all_results.unit end as reorresu,
    {{ number_text('all_results.result') }} as restresc,
    all_results.result as restresn,
    all_results.unit as restresu,
    case
        when all_results.day <= 0
            and row_number() over (
                partition by
                    subjects.usubjid, all_results.retestcd, all_results.day <= 0
                order by
                    all_results.day desc,
                    all_results.rerepnum asc nulls first,
                    length(all_results.respid) desc,
                    all_results.respid desc
            ) = 1
        then 'Y'
    end as relobxfl,
    all_results.redrvfl,
    cast(all_results.rerepnum as bigint) as rerepnum,
    cast(null as double) as visitnum,
    {{ epoch('all_results.day') }} as epoch,
    cast(null as varchar) as redtc,
    {{ study_day('all_results.day') }} as redy

from all_results
inner join subjects
    on subjects.source = 'proact' and all_results.subject_id = subjects.subjid
