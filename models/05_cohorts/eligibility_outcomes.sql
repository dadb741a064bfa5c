-- A step of several conditions is met when all are; one that is not met decides, then
-- one that cannot be evaluated. An order statistic as bound (q1, median, q3) is the
-- number of eligibility_thresholds. is_event_free_at_entry is no covariate: it asks
-- that the time of each evaluable endpoint ends after the subject came under
-- observation.

with

bounds as (

    {{ bounds(ref('analysis_eligibility'), ref('eligibility_thresholds')) }}

),

entry_values as (

    select
        endpoints.analysis_id,
        endpoints.usubjid,
        candidates.arm,
        'is_event_free_at_entry' as variable,
        cast({{ is_event_free_at_entry('endpoints') }} as varchar) as value

    from {{ ref('cohort_endpoints') }} as endpoints
    inner join {{ ref('candidates') }} as candidates
        on endpoints.analysis_id = candidates.analysis_id
        and {{ subject_of('endpoints.usubjid') }} = candidates.usubjid
    where endpoints.analysis_id in (
            select bounds.analysis_id
            from bounds
            where bounds.variable = 'is_event_free_at_entry'
        )
    group by endpoints.analysis_id, endpoints.usubjid, candidates.arm

),

known_values as (

    select
        analysis_id,
        usubjid,
        arm,
        variable,
        value

    from {{ ref('covariate_values') }}

    union all

    select * from entry_values

),

conditions as (

    select
        eligibility.analysis_id,
        known_values.usubjid,
        known_values.arm,
        eligibility.step,
        eligibility.criterion,
        eligibility.label,
        eligibility.variable,
        known_values.value,
        {{ condition_outcome(
            'known_values.value', 'eligibility.operator', 'eligibility.bound'
        ) }} as outcome

    from bounds as eligibility
    inner join known_values
        on eligibility.analysis_id = known_values.analysis_id
        and eligibility.variable = known_values.variable
        and eligibility.arm in (known_values.arm, 'both')

)

select
    analysis_id,
    usubjid,
    arm,
    step,
    criterion,
    min(label) as label,
    {{ all_outcomes('outcome') }} as outcome,
    string_agg(distinct variable, ', ' order by variable) filter (
        where outcome <> 'met'
    ) as because_of

from conditions
group by analysis_id, usubjid, arm, step, criterion
