-- For pairs, a set is a treated subject with its controls; a control used k times has k
-- rows. The treated subject has weight 1, each control of its set 1 / number of
-- controls in the set. Other methods assign sets and weights themselves.

with

pairs as (

    select
        *,
        min(pair_id) over (partition by analysis_id, treated_usubjid) as set_id,
        count(*) over (partition by analysis_id, treated_usubjid) as n_controls

    from {{ ref('pairs') }}

),

members as (

    select distinct
        analysis_id,
        set_id,
        treated_usubjid as usubjid,
        cast(1 as double) as weight

    from pairs

    union all

    select
        analysis_id,
        set_id,
        control_usubjid as usubjid,
        cast(1 as double) / n_controls as weight

    from pairs

    union all

    select
        analysis_id,
        set_id,
        usubjid,
        weight

    from {{ ref('weighted_subjects') }}

)

select
    members.analysis_id,
    members.set_id,
    members.usubjid,
    subjects.arm,
    {{ subject_of('members.usubjid') }} as subject_usubjid,
    members.weight,
    subjects.index_day,
    subjects.index_assessment_day,
    subjects.age,
    subjects.sex,
    subjects.race,
    subjects.country,
    subjects.onset_site,
    subjects.riluzole,
    subjects.el_escorial,
    subjects.vital_status,
    subjects.deaths_recorded,
    subjects.alsfrs_r_total,
    subjects.ft9_stage,
    subjects.kings_stage,
    subjects.mitos_stage,
    subjects.symptom_days,
    subjects.symptom_months,
    subjects.disease_days,
    subjects.disease_months,
    subjects.initial_progression_speed,
    subjects.progression_rate,
    subjects.n_doses,
    subjects.dose_group,
    subjects.booster_interval_months,
    subjects.n_dose_windows_assessed,
    subjects.n_assessments_after_index,
    subjects.is_ventilated_at_index,
    subjects.follow_up_days
    {{- named_columns('subjects') }},
    subjects.excluded_at_step,
    subjects.excluded_by,
    subjects.is_eligible

from members
inner join {{ ref('subjects') }} as subjects
    on members.analysis_id = subjects.analysis_id
    and members.usubjid = subjects.usubjid
