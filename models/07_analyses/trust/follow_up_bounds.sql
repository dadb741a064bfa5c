-- Low and high rule bound what ascertainment alone can do to an estimate: as_recorded
-- counts lives least, alive_to_last_death most. The high one is the first by name of
-- the analyses based on the low one with that rule. Confounding is not bounded.

with

estimates as (

    select
        cox.*,
        analyses.based_on

    from {{ ref('cox') }} as cox
    inner join {{ ref('analyses') }} as analyses
        on cox.analysis_id = analyses.analysis_id
    where cox.term = 'treated' and cox.hazard_ratio is not null

)

select
    low.analysis_id,
    low.model_id,
    low.endpoint,
    low.variance,
    low.follow_up_rule as low_rule,
    high.follow_up_rule as high_rule,
    high.analysis_id as high_analysis_id,
    low.hazard_ratio as hr_low,
    high.hazard_ratio as hr_high,
    least(low.ci_low, high.ci_low) as outer_low,
    greatest(low.ci_high, high.ci_high) as outer_high

from estimates as low
inner join estimates as high
    on low.analysis_id = high.based_on
    and low.model_id = high.model_id
    and low.variance = high.variance
    and high.follow_up_rule = 'alive_to_last_death'
where low.follow_up_rule = 'as_recorded'
qualify row_number() over (
    partition by low.analysis_id, low.model_id, low.variance
    order by high.analysis_id
) = 1
