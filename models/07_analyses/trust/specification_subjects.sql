-- One row per analysis with specifications, follow-up rule and candidate who meets
-- every criterion but perhaps two: to be of the rule's pool, and that covariates are
-- known.
--
-- The analysis of a rule other than the main one's own is named MAIN_RULE, such as
-- MAIN_window_91; its candidates are judged under its own follow-up. A step that only
-- asks that values are known is one of covariates.

with

rules as (

    select
        axes.analysis_id,
        axes.level as follow_up_rule,
        case
            when axes.level = own.follow_up_rule then axes.analysis_id
            else axes.analysis_id || '_' || axes.level
        end as rule_analysis_id

    from {{ ref('specification_axes') }} as axes
    inner join {{ ref('analysis_follow_up') }} as own
        on axes.analysis_id = own.analysis_id
    where axes.axis = 'follow_up_rule'

),

steps as (

    select
        analysis_id,
        step,
        bool_and(operator = 'known') as is_of_covariates,
        bool_or(criterion = 'recording_pseudo_trial') as is_of_pool

    from {{ ref('analysis_eligibility') }}
    group by analysis_id, step

),

judged as (

    select
        outcomes.analysis_id,
        outcomes.usubjid,
        bool_and(
            outcomes.outcome = 'met' or steps.is_of_covariates or steps.is_of_pool
        ) as is_open,
        bool_or(
            outcomes.outcome <> 'met' and steps.is_of_covariates
        ) as lacks_covariates,
        bool_or(outcomes.outcome <> 'met' and steps.is_of_pool) as is_out_of_pool

    from {{ ref('eligibility_outcomes') }} as outcomes
    inner join rules on outcomes.analysis_id = rules.rule_analysis_id
    inner join steps
        on outcomes.analysis_id = steps.analysis_id
        and outcomes.step = steps.step
    group by outcomes.analysis_id, outcomes.usubjid

)

select
    rules.analysis_id,
    rules.follow_up_rule,
    rules.rule_analysis_id,
    covariates.usubjid,
    covariates.arm,
    covariates.index_day,
    endpoints.days,
    endpoints.entry_days,
    endpoints.is_event,
    case when follow_up.rule = 'horizon' then follow_up.days end as horizon_days,
    pseudo_trials.pseudo_trial_id,
    coalesce(
        covariates.deaths_recorded in ('yes', 'full', 'site'), false
    ) as is_recording,
    not judged.is_out_of_pool as is_in_pool,
    judged.lacks_covariates,
    covariates.age,
    covariates.sex,
    covariates.race,
    covariates.country,
    covariates.onset_site,
    covariates.riluzole,
    covariates.el_escorial,
    covariates.vital_status,
    covariates.alsfrs_r_total,
    covariates.ft9_stage,
    covariates.kings_stage,
    covariates.mitos_stage,
    covariates.symptom_days,
    covariates.symptom_months,
    covariates.disease_days,
    covariates.disease_months,
    covariates.initial_progression_speed,
    covariates.progression_rate,
    covariates.is_ventilated_at_index
    {{- named_columns('covariates') }}

from rules
inner join judged on rules.rule_analysis_id = judged.analysis_id and judged.is_open
inner join {{ ref('covariates') }} as covariates
    on judged.analysis_id = covariates.analysis_id
    and judged.usubjid = covariates.usubjid
inner join {{ ref('cohort_endpoints') }} as endpoints
    on judged.analysis_id = endpoints.analysis_id
    and judged.usubjid = endpoints.usubjid
    and endpoints.endpoint = 'OS'
inner join {{ ref('analysis_follow_up') }} as follow_up
    on rules.rule_analysis_id = follow_up.analysis_id
left join {{ ref('pseudo_trials') }} as pseudo_trials
    on {{ subject_of('covariates.usubjid') }} = pseudo_trials.usubjid
