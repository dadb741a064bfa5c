-- PRO-ACT strips the trials' names, but which columns and tables were filled was a
-- matter of the trial. Equal fingerprints are one pseudo-trial. A fingerprint holds
-- nothing that is an outcome: not DEATHDATA, not RILUZOLE (in some trials of users
-- only), no counts of events. Flags of one question (site of onset, race) count as one
-- column, as which of them is ticked is the patient's; the day on which a form was
-- filled is lost at random and left out. With fewer than 20 subjects a
-- fingerprint is no pseudo-trial, and nothing is known of its deaths.
--
-- deaths_recorded: none without a death or with fewer than a tenth of those expected
-- (the deaths per assessed day of all, times its assessed days); full where rows of the
-- living are more than a fifth of those of the dead; else yes.

{% set smallest = 20 %}

with

subjects as (

    select
        usubjid,
        regexp_replace(usubjid, '^PROACT-', '') as subject_id,
        {{ rel_day('lstcnady') }} as last_visit_day,
        {{ rel_day('dthady') }} as death_day,
        coalesce(vitalst = 'DEAD', false) as is_dead,
        coalesce(vitalst = 'ALIVE', false) as is_alive

    from {{ ref('adsl') }}
    where studyid = 'PROACT'

),

filled as (

    {{ filled_columns('alsfrs', {
        'Q10': ['q10_respiratory'],
        'R': ['r_1_dyspnea', 'r_2_orthopnea', 'r_3_respiratory_insufficiency'],
    }) }}
    union all
    {{ filled_columns('alshistory', {
        'Site_of_Onset_flags': [
            'site_of_onset___bulbar',
            'site_of_onset___limb',
            'site_of_onset___limb_and_bulbar',
            'site_of_onset___other',
            'site_of_onset___spine',
        ],
        'Site_of_Onset': ['site_of_onset'],
        'Disease_Duration': ['disease_duration'],
        'Symptom': ['symptom'],
        'Location': ['location'],
        'Onset_Delta': ['onset_delta'],
        'Diagnosis_Delta': ['diagnosis_delta'],
    }) }}
    union all
    {{ filled_columns('demographics', {
        'Age': ['age'],
        'Date_of_Birth': ['date_of_birth'],
        'Ethnicity': ['ethnicity'],
        'Race_flags': [
            'race_americ_indian_alaska_native',
            'race_asian',
            'race_black_african_american',
            'race_hawaiian_pacific_islander',
            'race_unknown',
            'race_caucasian',
            'race_other',
        ],
        'Sex': ['sex'],
    }) }}
    {% for table in ['fvc', 'svc', 'vitalsigns', 'elescorial', 'treatment'] %}
    union all
    select
        subject_id,
        '{{ table }}' as part,
        cast(null as varchar) as filled

    from ({{ kept('stg_proact__' ~ table) }})
    group by subject_id
    {% endfor %}
    union all
    -- the last word in the alphabet, which takes no account of how often it is written
    select
        subject_id,
        'weight' as part,
        coalesce(max(weight_units), 'no unit') as filled

    from ({{ kept('stg_proact__vitalsigns') }})
    where weight is not null
    group by subject_id

),

fingerprints as (

    select
        subjects.usubjid,
        coalesce(
            string_agg(
                filled.part || coalesce('(' || filled.filled || ')', ''),
                ' ' order by filled.part
            ),
            ''
        ) as fingerprint

    from subjects
    left join filled on subjects.subject_id = filled.subject_id
    group by subjects.usubjid

),

known as (

    select
        fingerprints.fingerprint,
        subjects.*

    from subjects
    inner join fingerprints on subjects.usubjid = fingerprints.usubjid

),

death_rates as (

    select
        count(*) filter (where is_dead)
        / cast(nullif(sum(greatest(last_visit_day, 0)), 0) as double) as deaths_per_day

    from known
    where last_visit_day is not null

),

visit_gaps as (

    {{ visit_gaps() }}

),

gaps as (

    select
        known.fingerprint,
        {{ quantile('visit_gaps.gap', '0.95') }} as gap_q95,
        {{ quantile('visit_gaps.gap', '0.99') }} as gap_q99

    from visit_gaps
    inner join known on visit_gaps.usubjid = known.usubjid
    group by known.fingerprint

),

counts as (

    select
        known.fingerprint,
        count(*) as n,
        count(*) filter (where known.is_dead) as n_died,
        count(*) filter (where known.is_alive) as n_alive_rows,
        coalesce(
            sum(greatest(known.last_visit_day, 0)) * max(death_rates.deaths_per_day), 0
        ) as expected_deaths,
        max(known.last_visit_day) as last_visit_day,
        {{ quantile('cast(known.death_day as double)', '0.9') }} as q90_death_day,
        max(known.death_day) as last_death_day

    from known
    cross join death_rates
    group by known.fingerprint

),

trials as (

    select
        *,
        n >= {{ smallest }} as is_trial,
        row_number() over (order by -n, fingerprint) as place

    from counts

)

select
    known.usubjid,
    case
        when trials.is_trial
        then 'PT' || lpad(cast(trials.place as varchar), 3, '0')
    end as pseudo_trial_id,
    known.fingerprint,
    trials.n,
    trials.n_died,
    trials.n_alive_rows,
    trials.expected_deaths,
    case
        when not trials.is_trial then null
        when trials.n_died = 0 or trials.n_died < 0.1 * trials.expected_deaths
        then 'none'
        when trials.n_alive_rows > 0.2 * trials.n_died then 'full'
        else 'yes'
    end as deaths_recorded,
    gaps.gap_q95,
    gaps.gap_q99,
    trials.last_visit_day,
    trials.q90_death_day,
    trials.last_death_day

from known
inner join trials on known.fingerprint = trials.fingerprint
left join gaps on known.fingerprint = gaps.fingerprint
