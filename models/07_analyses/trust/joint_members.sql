-- One row per analysis under a follow-up rule, matched set, subject and planned month
-- visit: survival under the rule, and the change of the ALSFRS-R total until then.
-- Days are from the index day, whatever the clock: two subjects are compared from the
-- day on which both are under observation.
--
-- Analyses are those based on none, and those based on them under another follow-up
-- rule; visits are planned, and assessed, as in the former. A change after the end of a
-- subject's follow-up does not count.

with

analyses as (

    select
        coalesce(analyses.based_on, analyses.analysis_id) as analysis_id,
        analyses.analysis_id as rule_analysis_id,
        rules.follow_up_rule

    from {{ ref('analyses') }} as analyses
    inner join {{ ref('analysis_follow_up') }} as rules
        on analyses.analysis_id = rules.analysis_id
    inner join {{ ref('analysis_follow_up') }} as main
        on coalesce(analyses.based_on, analyses.analysis_id) = main.analysis_id
    where analyses.based_on is null
        or rules.follow_up_rule not in ('as_recorded', main.follow_up_rule)

),

windows as (

    select * from {{ ref('analysis_windows') }}
    where window_id like 'month!_%' escape '!'

)

select
    matched.analysis_id,
    analyses.follow_up_rule,
    matched.set_id,
    matched.usubjid,
    matched.arm,
    matched.weight,
    coalesce(endpoints.days_from_index, endpoints.days) as days,
    endpoints.is_event,
    windows.window_id,
    windows.offset_days,
    baseline.total as baseline_total,
    case
        when found.rel_day - matched.index_day
            <= coalesce(endpoints.days_from_index, endpoints.days)
        then found.total - baseline.total
    end as change

from analyses
inner join {{ ref('matched_subjects') }} as matched
    on analyses.rule_analysis_id = matched.analysis_id
inner join windows
    on analyses.analysis_id = windows.analysis_id
    and windows.arm in (matched.arm, 'both')
inner join {{ ref('cohort_endpoints') }} as endpoints
    on matched.analysis_id = endpoints.analysis_id
    and matched.usubjid = endpoints.usubjid
    and endpoints.endpoint = 'OS'
left join {{ ref('window_assessments') }} as baseline
    on analyses.analysis_id = baseline.analysis_id
    and matched.usubjid = baseline.usubjid
    and baseline.window_id = 'baseline'
left join {{ ref('window_assessments') }} as found
    on analyses.analysis_id = found.analysis_id
    and matched.usubjid = found.usubjid
    and windows.window_id = found.window_id
