-- Doubts about death, arm, dose, history, riluzole, procedures and height of a subject.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

last_assessments as (

    select
        usubjid,
        max(rel_day) as last_day

    from {{ ref('alsfrs_visits') }}
    group by usubjid

),

assessed_dead as (

    select subjects.usubjid
    from subjects
    inner join last_assessments on subjects.usubjid = last_assessments.usubjid
    where last_assessments.last_day > subjects.death_day

),

histories as (

    select * from {{ ref('int_histories') }}

),

riluzole as (

    select
        usubjid,
        count(distinct cmoccur) as n_answers

    from {{ ref('cm') }}
    where cmcat = 'RILUZOLE' and cmpresp = 'Y'
    group by usubjid

),

undated_procedures as (

    select
        usubjid,
        count(*) as n_procedures

    from {{ ref('pr') }}
    where try_cast(prstdtc as date) is null and prstdy is null
    group by usubjid

),

heights as (

    select * from {{ ref('adsl') }}

),

doubts as (

    {% for flag, table, n, condition, handling in [
        (
            'death_without_day',
            'subjects',
            1,
            "died = 'Y' and death_day is null",
            'Died, but no day is given: censored at last follow-up',
        ),
        (
            'several_death_days',
            'subjects',
            'n_death_days',
            'n_death_days > 1',
            'Several death days: the latest is used',
        ),
        (
            'assessed_after_death',
            'assessed_dead',
            1,
            'true',
            'Assessed after the day of death: the death is used as delivered',
        ),
        (
            'several_arms',
            'subjects',
            'n_arms',
            'n_arms > 1',
            'TREATMENT names several arms: the first in file order is used',
        ),
        (
            'several_el_escorial',
            'subjects',
            'n_el_escorial',
            'n_el_escorial > 1',
            'ELESCORIAL names several categories: the first in file order is used',
        ),
        (
            'no_first_dose',
            'subjects',
            1,
            "source <> 'proact' and reference_date is null
                and is_first_dose_undated is not true and is_registry is not true",
            'A site\'\'s subject without a dose: has no day 0, so no day at all',
        ),
        (
            'no_enrolment_date',
            'subjects',
            1,
            "is_registry and enrolment_date is null and reference_date is not null",
            'In a registry without a date of enrolment: day 0 is the first visit',
        ),
        (
            'no_day_0',
            'subjects',
            1,
            "is_registry and reference_date is null",
            'In a registry without a date of enrolment or visit: has no day at all',
        ),
        (
            'first_dose_undated',
            'subjects',
            1,
            'is_first_dose_undated',
            'The date of what may be the first dose is not known: has no day 0',
        ),
        (
            'placebo_at_site',
            'subjects',
            1,
            "source <> 'proact' and armcd = 'PLACEBO'",
            'In a placebo arm of a site, or dosed with nothing else: is no candidate '
            ~ 'of a treated arm',
        ),
        (
            'dosed_in_no_arm',
            'subjects',
            1,
            "source <> 'proact' and armcd is null and first_dose_date is not null",
            'Dosed, but in no arm by the site (screen failure, not assigned): is no '
            ~ 'candidate of a treated arm',
        ),
        (
            'onset_after_diagnosis',
            'histories',
            1,
            'onset_day > diagnosis_day',
            'Onset after diagnosis: both are used as delivered',
        ),
        (
            'onset_after_day_0',
            'histories',
            1,
            'onset_day > 0',
            'Onset after day 0: gives no duration',
        ),
        (
            'diagnosis_after_day_0',
            'histories',
            1,
            'diagnosis_day > 0',
            'Diagnosis after day 0: gives no duration',
        ),
        (
            'riluzole_answers_differ',
            'riluzole',
            'n_answers',
            'n_answers > 1',
            'Asked more than once, with different answers: use is unknown',
        ),
        (
            'procedure_without_day',
            'undated_procedures',
            'n_procedures',
            'true',
            'A procedure without a date: what it may have ended, or preceded, is not '
            ~ 'evaluable',
        ),
        (
            'implausible_height',
            'heights',
            1,
            'heightbl not between 100 and 250',
            'Baseline height outside 100 to 250 cm: gives no body mass index',
        ),
    ] -%}
    select
        usubjid,
        '{{ flag }}' as flag,
        '{{ handling }}' as handling,
        cast({{ n }} as bigint) as n_occurrences
    from {{ table }}
    where {{ condition }}
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select * from doubts
