-- One row per analysis and candidate: every variable that the protocol may name, at the
-- index day.
--
-- An onset or a diagnosis after the index day gives no duration. Riluzole is what the
-- subject was asked; where the subject was not asked, a medication line that covers the
-- index day makes it Y, and nothing makes it N. Initial progression speed = (48 -
-- total) / (months from diagnosis to index + 12), as Nam 2023 prints it. Progression
-- rate = change of total from run-in to index assessment by month between. A procedure
-- without a date may have been before index: where no dated one decides, ventilation at
-- index is not evaluable. Booster interval = median of the intervals between
-- consecutive doses, from the second dose on, in months.

with

adsl as (

    select
        *,
        {{ rel_day('onsetady') }} as onset_day,
        {{ rel_day('diagady') }} as diagnosis_day

    from {{ ref('adsl') }}

),

windows as (

    select * from {{ ref('window_assessments') }}

),

procedures as (

    select
        usubjid,
        min({{ rel_day('prstdy') }}) as ventilation_day,
        bool_or(prstdy is null) as has_undated

    from {{ ref('pr') }}
    where prdecod in ('TRACHEOSTOMY', 'INVASIVE MECHANICAL VENTILATION')
    group by usubjid

),

doses as (

    select
        usubjid,
        {{ rel_day('exstdy') }} as dose_day,
        row_number() over (partition by usubjid order by exstdy, exseq) as dose_number

    from {{ ref('ex') }}
    where {{ is_dose() }}

),

booster_intervals as (

    select
        usubjid,
        dose_number,
        dose_day - lag(dose_day) over (
            partition by usubjid order by dose_number
        ) as interval_days

    from doses

),

boosters as (

    select
        usubjid,
        {{ quantile('cast(interval_days as double)', '0.5') }} as interval_days

    from booster_intervals
    where dose_number >= 3
    group by usubjid

),

riluzole_lines as (

    select
        usubjid,
        {{ rel_day('cmstdy') }} as start_day,
        {{ rel_day('cmendy') }} as stop_day

    from {{ ref('cm') }}
    where cmcat = 'CONCOMITANT MEDICATION' and cmtrt = 'RILUZOLE'

),

riluzole_at_index as (

    select distinct
        index_days.analysis_id,
        index_days.usubjid

    from {{ ref('index_days') }} as index_days
    inner join riluzole_lines
        on index_days.usubjid = riluzole_lines.usubjid
        and (
            riluzole_lines.start_day is null
            or riluzole_lines.start_day <= index_days.index_day
        )
        and (
            riluzole_lines.stop_day is null
            or riluzole_lines.stop_day >= index_days.index_day
        )
        and index_days.index_day is not null

),

dose_windows as (

    select
        analysis_id,
        usubjid,
        count(*) as n_dose_windows_assessed

    from windows
    where window_id like 'dose!_%' escape '!'
    group by analysis_id, usubjid

),

later_assessments as (

    select
        index_days.analysis_id,
        index_days.usubjid,
        count(*) as n_assessments_after_index

    from {{ ref('index_days') }} as index_days
    inner join {{ ref('alsfrs_visits') }} as visits
        on index_days.usubjid = visits.usubjid
        and visits.is_used
        and visits.rel_day > index_days.index_day
    group by index_days.analysis_id, index_days.usubjid

),

follow_up as (

    select
        analysis_id,
        usubjid,
        coalesce(days_from_index, days) as follow_up_days

    from {{ ref('cohort_endpoints') }}
    where endpoint = 'OS'

),

durations as (

    select
        index_days.analysis_id,
        index_days.usubjid,
        case
            when adsl.onset_day <= index_days.index_day
            then index_days.index_day - adsl.onset_day
        end as symptom_days,
        case
            when adsl.diagnosis_day <= index_days.index_day
            then index_days.index_day - adsl.diagnosis_day
        end as disease_days

    from {{ ref('index_days') }} as index_days
    inner join adsl on index_days.usubjid = adsl.usubjid

)

select
    index_days.analysis_id,
    index_days.usubjid,
    index_days.arm,
    index_days.index_day,
    baseline.rel_day as index_assessment_day,
    adsl.age,
    nullif(adsl.sex, 'U') as sex,
    case when adsl.race not in ('UNKNOWN', 'NOT REPORTED') then adsl.race end as race,
    adsl.country,
    adsl.onsetsit as onset_site,
    coalesce(
        adsl.riluzfl,
        case when riluzole_at_index.usubjid is not null then 'Y' end
    ) as riluzole,
    adsl.elescor as el_escorial,
    adsl.vitalst as vital_status,
    case
        when adsl.studyid = 'PROACT' then pseudo_trials.deaths_recorded else 'site'
    end as deaths_recorded,
    baseline.total as alsfrs_r_total,
    baseline.ft9_stage,
    baseline.kings_stage,
    baseline.mitos_stage,
    durations.symptom_days,
    {{ months('durations.symptom_days') }} as symptom_months,
    durations.disease_days,
    {{ months('durations.disease_days') }} as disease_months,
    (48 - baseline.total) / ({{ months('durations.disease_days') }} + 12)
        as initial_progression_speed,
    (baseline.total - run_in.total)
    / nullif({{ months('baseline.rel_day - run_in.rel_day') }}, 0) as progression_rate,
    adsl.ndoses as n_doses,
    dose_groups.dose_group,
    {{ months('boosters.interval_days') }} as booster_interval_months,
    coalesce(dose_windows.n_dose_windows_assessed, 0) as n_dose_windows_assessed,
    case
        when index_days.index_day is not null
        then coalesce(later_assessments.n_assessments_after_index, 0)
    end as n_assessments_after_index,
    case
        when index_days.index_day is not null
        then case
            when procedures.ventilation_day <= index_days.index_day then true
            when not coalesce(procedures.has_undated, false) then false
        end
    end as is_ventilated_at_index,
    follow_up.follow_up_days

from {{ ref('index_days') }} as index_days
inner join adsl on index_days.usubjid = adsl.usubjid
inner join durations
    on index_days.analysis_id = durations.analysis_id
    and index_days.usubjid = durations.usubjid
left join {{ ref('pseudo_trials') }} as pseudo_trials
    on index_days.usubjid = pseudo_trials.usubjid
left join windows as baseline
    on index_days.analysis_id = baseline.analysis_id
    and index_days.usubjid = baseline.usubjid
    and baseline.window_id = 'baseline'
left join windows as run_in
    on index_days.analysis_id = run_in.analysis_id
    and index_days.usubjid = run_in.usubjid
    and run_in.window_id = 'run_in'
left join riluzole_at_index
    on index_days.analysis_id = riluzole_at_index.analysis_id
    and index_days.usubjid = riluzole_at_index.usubjid
left join dose_windows
    on index_days.analysis_id = dose_windows.analysis_id
    and index_days.usubjid = dose_windows.usubjid
left join later_assessments
    on index_days.analysis_id = later_assessments.analysis_id
    and index_days.usubjid = later_assessments.usubjid
left join procedures on index_days.usubjid = procedures.usubjid
left join boosters on index_days.usubjid = boosters.usubjid
left join follow_up
    on index_days.analysis_id = follow_up.analysis_id
    and index_days.usubjid = follow_up.usubjid
left join {{ ref('analysis_dose_groups') }} as dose_groups
    on index_days.analysis_id = dose_groups.analysis_id
    and index_days.arm = 'treated'
    and adsl.ndoses >= dose_groups.min_doses
    and (dose_groups.max_doses is null or adsl.ndoses <= dose_groups.max_doses)
