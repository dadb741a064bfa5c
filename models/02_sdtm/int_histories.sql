-- PRO-ACT splits one history over several rows (proact.md quirk 1): the first value in
-- file order that is filled counts. Onset site: text first, flags second; both the
-- bulbar and the limb flag are LIMB AND BULBAR; limb and spine are LIMB.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

collapsed as (

    select
        subject_id,
        {{ first_known(coded('ONSETLOC', 'site_of_onset')) }} as onset_text,
        bool_or(site_of_onset___bulbar) as is_bulbar,
        bool_or(site_of_onset___limb) or bool_or(site_of_onset___spine) as is_limb,
        bool_or(site_of_onset___limb_and_bulbar) as is_limb_and_bulbar,
        bool_or(site_of_onset___other) as is_other,
        {{ first_known('onset_delta') }} as onset_day,
        {{ first_known('diagnosis_delta') }} as diagnosis_day,
        {{ first_known('subject_als_history_delta') }} as history_day,
        {{ first_known('site_of_onset___other_specify') }} as onset_other,
        string_agg(
            coalesce(symptom_other_specify, symptom), '; ' order by row_number
        ) as symptoms

    from ({{ kept('stg_proact__alshistory') }})
    group by subject_id

),

proact as (

    select
        subjects.studyid,
        subjects.usubjid,
        'ALSHISTORY' as spid,
        coalesce(
            collapsed.onset_text,
            case
                when collapsed.is_limb_and_bulbar then 'LIMB AND BULBAR'
                when collapsed.is_bulbar and collapsed.is_limb then 'LIMB AND BULBAR'
                when collapsed.is_bulbar then 'BULBAR'
                when collapsed.is_limb then 'LIMB'
                when collapsed.is_other then 'OTHER'
            end
        ) as onset_site,
        collapsed.onset_day,
        collapsed.diagnosis_day,
        collapsed.history_day,
        collapsed.onset_other,
        collapsed.symptoms

    from collapsed
    inner join subjects
        on subjects.source = 'proact' and collapsed.subject_id = subjects.subjid

),

site_collapsed as (

    select
        source,
        subject_id,
        {{ first_known(coded('ONSETLOC', 'onset_site')) }} as onset_site,
        {{ first_known('onset_date') }} as onset_date,
        {{ first_known('diagnosis_date') }} as diagnosis_date,
        {% for column in ['onset_date', 'diagnosis_date'] -%}
        {{ first_known(partial_date('rejected_values', column)) }}
            as partial_{{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from ({{ kept('stg_site__subjects') }})
    group by source, subject_id

),

site as (

    select
        subjects.studyid,
        subjects.usubjid,
        'SUBJECTS' as spid,
        site_collapsed.onset_site,
        {{ days_between('subjects.reference_date', 'site_collapsed.onset_date') }}
            as onset_day,
        {{ days_between('subjects.reference_date', 'site_collapsed.diagnosis_date') }}
            as diagnosis_day,
        {% for column in ['onset_date', 'diagnosis_date'] -%}
        coalesce(
            {{ site_date('site_collapsed.' ~ column) }},
            site_collapsed.partial_{{ column }}
        ) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from site_collapsed
    inner join subjects
        on site_collapsed.source = subjects.source
        and site_collapsed.subject_id = subjects.subjid

),

both_sources as (

    select * from proact
    union all by name
    select * from site

)

select * from both_sources
