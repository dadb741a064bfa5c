-- A step of several conditions is met when all are; one that is not met decides, then
-- one that cannot be evaluated. An order statistic as bound (q1, median, q3) is the
-- number of eligibility_thresholds.

with

bounds as (

    {{ bounds(ref('analysis_eligibility'), ref('eligibility_thresholds')) }}

),

conditions as (

    select
        eligibility.analysis_id,
        covariate_values.usubjid,
        covariate_values.arm,
        eligibility.step,
        eligibility.criterion,
        eligibility.label,
        eligibility.variable,
        covariate_values.value,
        {{ condition_outcome(
            'covariate_values.value', 'eligibility.operator', 'eligibility.bound'
        ) }} as outcome

    from bounds as eligibility
    inner join {{ ref('covariate_values') }} as covariate_values
        on eligibility.analysis_id = covariate_values.analysis_id
        and eligibility.variable = covariate_values.variable
        and eligibility.arm in (covariate_values.arm, 'both')

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
