-- A candidate is eligible if every step that applies to it is met.

with

first_exclusions as (

    select
        analysis_id,
        usubjid,
        min(step) as excluded_at_step,
        min_by(criterion, step) as excluded_by

    from {{ ref('eligibility_outcomes') }}
    where outcome <> 'met'
    group by analysis_id, usubjid

)

select
    covariates.analysis_id,
    covariates.usubjid,
    covariates.arm,
    {{ subject_of('covariates.usubjid') }} as subject_usubjid,
    covariates.index_day,
    covariates.index_assessment_day,
    covariates.age,
    covariates.sex,
    covariates.race,
    covariates.country,
    covariates.onset_site,
    covariates.riluzole,
    covariates.el_escorial,
    covariates.vital_status,
    covariates.deaths_recorded,
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
    covariates.n_doses,
    covariates.dose_group,
    covariates.booster_interval_months,
    covariates.n_dose_windows_assessed,
    covariates.n_assessments_after_index,
    covariates.is_ventilated_at_index,
    covariates.follow_up_days
    {{- named_columns('covariates') }},
    first_exclusions.excluded_at_step,
    first_exclusions.excluded_by,
    first_exclusions.excluded_by is null as is_eligible

from {{ ref('covariates') }} as covariates
left join first_exclusions
    on covariates.analysis_id = first_exclusions.analysis_id
    and covariates.usubjid = first_exclusions.usubjid
