-- One row per delivered main analysis and follow-up rule: the hazard ratio of treated
-- against control under the rule, with the variance that the verdict rests on.
--
-- The rule of the main analysis itself comes first, then windows, then the other rules
-- by length. The robust variance by matched set is preferred, since every rule but the
-- first is matched anew.

with

rules as (

    select
        coalesce(summary.based_on, summary.analysis_id) as analysis_id,
        summary.analysis_id as rule_analysis_id,
        follow_up.follow_up_rule,
        summary.based_on is not null as is_corrected,
        row_number() over (
            partition by coalesce(summary.based_on, summary.analysis_id)
            order by
                summary.based_on is not null,
                follow_up.rule <> 'window',
                follow_up.rule,
                follow_up.days
        ) as position

    from {{ ref('analysis_summary') }} as summary
    inner join {{ ref('analysis_follow_up') }} as follow_up
        on summary.analysis_id = follow_up.analysis_id
    where
        summary.is_delivered
        and (
            summary.based_on is null or follow_up.follow_up_rule <> 'as_recorded'
        )

),

estimates as (

    select *
    from {{ ref('cox') }}
    where
        model_id = 'unadjusted'
        and term = 'treated'
        and variance in ('cluster', 'two_way', 'naive')
    qualify
        row_number() over (
            partition by analysis_id, endpoint
            order by
                case variance
                    when 'cluster' then 1
                    when 'two_way' then 2
                    when 'naive' then 3
                end
        ) = 1

)

select
    rules.analysis_id,
    rules.position,
    rules.follow_up_rule,
    rules.is_corrected,
    rules.rule_analysis_id,
    estimates.endpoint,
    estimates.n,
    estimates.n_events,
    estimates.hazard_ratio,
    estimates.ci_low,
    estimates.ci_high,
    estimates.variance,
    coalesce(
        estimates.note,
        case when estimates.analysis_id is null then 'no matched subjects' end
    ) as note

from rules
left join estimates on rules.rule_analysis_id = estimates.analysis_id
