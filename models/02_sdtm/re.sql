-- FVC and SVC are litres, FVCPP and SVCPP percent of predicted. A trial without percent
-- has it from its litres and the subject's predicted litres, in a derived row that
-- keeps its trial's number; the best of a day has none. RELOBXFL marks one row per
-- test, the best of the last day up to day 1. A site's result in a unit that is unknown
-- or blank has no standard result, except a percentage, which has one unit.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

trials as (

    select
        'proact' as source,
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

    union all by name

    select
        'proact' as source,
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

site_trials as (

    {{ site_results(vital_capacity_tests()) }}

),

-- The results of one day are of one test, as they are of one line of PRO-ACT.
site_results as (

    select
        site_trials.*,
        'MEASUREMENTS-' || cast(
            min(site_trials.row_number) over (
                partition by site_trials.usubjid, site_trials.measurement_date,
                    left(site_trials.test, 3)
            ) as varchar
        ) as respid,
        row_number() over (
            partition by
                site_trials.usubjid, site_trials.test, site_trials.measurement_date
            order by site_trials.trial nulls last, site_trials.row_number
        ) as trial_number,
        case
            when site_trials.raw_unit is null and site_trials.standard_unit = '%'
            then site_trials.number
            else round(site_trials.number * conversions.factor, 4)
        end as standard_result

    from site_trials
    left join {{ ref('unit_conversions') }} as conversions
        on site_trials.unit = conversions.unit
        and site_trials.standard_unit = conversions.standard_unit

),

collected as (

    {% for measure, unit, result in [
        ('measure', 'L', 'litres'), ("measure || 'PP'", '%', 'percent')
    ] -%}
    select
        source,
        subject_id,
        respid,
        {{ measure }} as retestcd,
        {{ number_text(result) }} as original_result,
        '{{ unit }}' as original_unit,
        '{{ unit }}' as unit,
        trial as rerepnum,
        {{ result }} as result,
        day
    from trials
    where {{ result }} is not null

    union all by name

    {% endfor -%}

    select
        source,
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

    union all by name

    select
        source,
        subject_id,
        respid,
        test as retestcd,
        result as original_result,
        coalesce(unit, raw_unit) as original_unit,
        standard_unit as unit,
        trial_number as rerepnum,
        standard_result as result,
        day,
        dtc
    from site_results

),

best as (

    select
        source,
        subject_id,
        respid,
        retestcd,
        unit,
        max(result) as result,
        'Y' as redrvfl,
        day,
        dtc

    from collected
    where result is not null
    group by source, subject_id, respid, retestcd, unit, day, dtc

),

all_results as (

    select * from collected
    union all by name
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
    all_results.original_result as reorres,
    all_results.original_unit as reorresu,
    {{ number_text('all_results.result') }} as restresc,
    all_results.result as restresn,
    case when all_results.result is not null then all_results.unit end as restresu,
    case
        when all_results.day <= 0
            and all_results.result is not null
            and row_number() over (
                partition by
                    subjects.usubjid,
                    all_results.retestcd,
                    all_results.day <= 0 and all_results.result is not null
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
    {{ epoch('all_results.day', 'subjects.studyid', 'subjects.usubjid') }} as epoch,
    all_results.dtc as redtc,
    {{ study_day('all_results.day') }} as redy

from all_results
inner join subjects
    on all_results.source = subjects.source
    and all_results.subject_id = subjects.subjid
