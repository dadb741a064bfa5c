-- One row per subject and doubt about what was delivered of it: what was done about it
-- stands in the text, and nothing here changed a value silently.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

histories as (

    select * from {{ ref('int_histories') }}

),

assessments as (

    select
        usubjid,
        count(*) filter (where is_one_of_several_on_day and not is_used)
            as n_unused_same_day,
        count(*) filter (where is_total_in_conflict) as n_conflicting_totals,
        count(*) filter (where has_both_forms_of_item_5) as n_both_forms,
        count(*) filter (where n_items_out_of_range > 0) as n_out_of_range,
        count(*) filter (
            where (reported_total is not null and reported_total not between 0 and 48)
                or (
                    reported_total_original is not null
                    and reported_total_original not between 0 and 40
                )
        ) as n_impossible_totals,
        max(rel_day) as last_day

    from {{ ref('alsfrs_visits') }}
    group by usubjid

),

changes as (

    select
        usubjid,
        rel_day - lag(rel_day) over subject as days,
        total - lag(total) over subject as step,
        total - min(total) over (
            partition by usubjid
            order by rel_day
            rows between unbounded preceding and 1 preceding
        ) as gain

    from {{ ref('alsfrs_visits') }}
    where is_used and total is not null
    window subject as (partition by usubjid order by rel_day)

),

courses as (

    select
        usubjid,
        count(*) filter (where days <= 45 and abs(step) > 12) as n_jumps,
        count(*) filter (where gain > 6) as n_regained

    from changes
    group by usubjid

),

-- Rules that have a flag from a later layer are left out below.
doubtful_values as (

    select
        found.usubjid,
        found.rule
    from {{ ref('impossible_values') }} as found
    inner join subjects on found.usubjid = subjects.usubjid

),

riluzole as (

    select
        usubjid,
        count(distinct cmoccur) as n_answers

    from {{ ref('cm') }}
    where cmcat = 'RILUZOLE' and cmpresp = 'Y'
    group by usubjid

),

vital_signs as (

    select
        usubjid,
        count(*) filter (
            where vstestcd = 'HEIGHT' and (vsstresn <= 80 or vsstresn > 250)
        ) as n_heights,
        count(*) filter (
            where vstestcd = 'WEIGHT' and (vsstresn < 25 or vsstresn > 300)
        ) as n_weights,
        count(*) filter (
            where vstestcd = 'TEMP' and (vsstresn < 30 or vsstresn > 45)
        ) as n_temperatures,
        count(*) filter (where vsstresn is null) as n_without_standard_result

    from {{ ref('vs') }}
    group by usubjid

),

-- Ten years after entry is beyond any trial of PRO-ACT (the longest record has 70
-- months), a hundred before it beyond any life.
far_days as (

    {% for domain, day in [
        ('ae', 'aestdy'),
        ('ae', 'aeendy'),
        ('cm', 'cmstdy'),
        ('cm', 'cmendy'),
        ('lb', 'lbdy'),
        ('mk', 'mkdy'),
        ('re', 'redy'),
        ('vs', 'vsdy'),
    ] -%}
    select
        usubjid,
        count(*) as n
    from {{ ref(domain) }}
    where {{ day }} > 3650 or {{ day }} < -36525
    group by usubjid
    {{ 'union all' if not loop.last }}

    {% endfor %}

),

-- Doubts about identity are found in the delivered files, before any number
-- became a subject of ours.
identities as (

    select
        source,
        case when kind = 'other_spelling' then like_subject else subject_id end
            as subject_id,
        case kind
            when 'other_spelling' then 'number_in_another_spelling'
            when 'odd_characters' then 'number_of_odd_characters'
            else 'number_of_no_subject'
        end as flag,
        case kind
            when 'other_spelling'
            then 'Rows stand under another spelling of the number: they do not count '
                || 'for the subject'
            when 'odd_characters'
            then 'A number with characters that no number has: used as delivered'
            else 'No table of subjects has the number: a subject without sex and age'
        end as handling,
        n_rows as n
    from {{ ref('doubtful_numbers') }}

    union all

    select
        source,
        subject_id,
        'rows_disagree' as flag,
        'Rows of the subject disagree: the first is used, of days of death the latest'
            as handling,
        1 as n
    from {{ ref('rows_in_conflict') }}

    union all

    select
        source,
        subject_id,
        'perhaps_of_two_numbers' as flag,
        'Probably one person with another subject: both are kept' as handling,
        1 as n
    from {{ ref('same_persons') }}

    union all

    select
        other_source as source,
        other_subject_id as subject_id,
        'perhaps_of_two_numbers' as flag,
        'Probably one person with another subject: both are kept' as handling,
        1 as n
    from {{ ref('same_persons') }}

    union all

    select
        source,
        subject_id,
        kind as flag,
        case
            when starts_with(kind, 'total_')
            then 'The total is not that of the items: the sum is used'
            else 'Scored the other way round, it seems: used as delivered'
        end as handling,
        1 as n
    from {{ ref('doubtful_assessments') }}
    where subject_id is not null

),

doubts as (

    select
        upper(source) || '-' || subject_id as usubjid,
        flag,
        handling,
        sum(n) as n
    from identities
    group by source, subject_id, flag, handling

    union all

    select
        usubjid,
        'death_without_day' as flag,
        'Died, but no day is given: censored at last follow-up' as handling,
        1 as n
    from subjects
    where died = 'Y' and death_day is null

    union all

    select
        usubjid,
        'several_arms' as flag,
        'TREATMENT names several arms: the first in file order is used' as handling,
        n_arms as n
    from subjects
    where n_arms > 1

    union all

    select
        usubjid,
        'several_el_escorial' as flag,
        'ELESCORIAL names several categories: the first in file order is used'
            as handling,
        n_el_escorial as n
    from subjects
    where n_el_escorial > 1

    union all

    select
        usubjid,
        'day_beyond_any_trial' as flag,
        'A day beyond any trial: kept as delivered, and never a contact' as handling,
        sum(n) as n
    from far_days
    group by usubjid

    union all

    select
        usubjid,
        'several_death_days' as flag,
        'Several death days: the latest is used' as handling,
        n_death_days as n
    from subjects
    where n_death_days > 1

    union all

    select
        subjects.usubjid,
        'assessed_after_death' as flag,
        'Assessed after the day of death: the death is used as delivered' as handling,
        1 as n
    from subjects
    inner join assessments on subjects.usubjid = assessments.usubjid
    where assessments.last_day > subjects.death_day

    union all

    select
        usubjid,
        'onset_after_diagnosis' as flag,
        'Onset after diagnosis: both are used as delivered' as handling,
        1 as n
    from histories
    where onset_day > diagnosis_day

    union all

    select
        usubjid,
        'onset_after_day_0' as flag,
        'Onset after day 0: gives no duration' as handling,
        1 as n
    from histories
    where onset_day > 0

    union all

    select
        usubjid,
        'diagnosis_after_day_0' as flag,
        'Diagnosis after day 0: gives no duration' as handling,
        1 as n
    from histories
    where diagnosis_day > 0

    union all

    select
        usubjid,
        'riluzole_answers_differ' as flag,
        'Asked more than once, with different answers: they tell nothing' as handling,
        n_answers as n
    from riluzole
    where n_answers > 1

    union all

    select
        usubjid,
        'no_first_dose' as flag,
        'A site''s subject without a dose: has no day 0, so no day at all' as handling,
        1 as n
    from subjects
    where source <> 'proact'
        and first_dose_date is null
        and is_first_dose_undated is not true

    union all

    select
        usubjid,
        'placebo_at_site' as flag,
        'In a placebo arm of a site, or dosed with nothing else: is no candidate of a '
        || 'treated arm' as handling,
        1 as n
    from subjects
    where source <> 'proact' and armcd = 'PLACEBO'

    union all

    select
        usubjid,
        'dosed_in_no_arm' as flag,
        'Dosed, but in no arm by the site (screen failure, not assigned): is no '
        || 'candidate of a treated arm' as handling,
        1 as n
    from subjects
    where source <> 'proact' and armcd is null and first_dose_date is not null

    union all

    select
        usubjid,
        'procedure_without_day' as flag,
        'A procedure without a date: what it may have ended, or preceded, is not '
        || 'evaluable' as handling,
        count(*) as n
    from {{ ref('pr') }}
    where try_cast(prstdtc as date) is null and prstdy is null
    group by usubjid

    union all

    select
        usubjid,
        'implausible_height' as flag,
        'Baseline height outside 100 to 250 cm: gives no body mass index' as handling,
        1 as n
    from {{ ref('adsl') }}
    where heightbl not between 100 and 250

    union all

    select
        subjects.usubjid,
        'first_dose_undated' as flag,
        'The date of what may be the first dose is not known: has no day 0' as handling,
        1 as n
    from subjects
    where subjects.is_first_dose_undated

    {% for flag, handling in [
        (
            'impossible_date',
            'A date that cannot be: it is not used, and the visit or dose that needs it',
        ),
        (
            'impossible_day',
            'A day that cannot be: it is not used, and the assessment that needs it',
        ),
        ('impossible_age', 'An age that cannot be: it is not used'),
        ('doubtful_date', 'A date after the reference day or long ago: used as delivered'),
        ('doubtful_day', 'A day beyond what trials recorded: used as delivered'),
        ('doubtful_age', 'An age below 18 or above 100: used as delivered'),
        ('onset_in_doubt', 'Onset or diagnosis in doubt: used as delivered'),
        (
            'zero_visit',
            'A visit of zeros beside a far better one: all its scores are used',
        ),
        (
            'far_from_other_visits',
            'A visit or dose years from all others: used as delivered',
        ),
        (
            'event_far_from_visits',
            'An event years from all visits and doses: used as delivered',
        ),
        (
            'gastrostomy_gone',
            'A gastrostomy that is gone at the next visit: used as delivered',
        ),
        (
            'breath_in_doubt',
            'Litres or percent of vital capacity in doubt: used as delivered',
        ),
        (
            'weight_in_doubt',
            'A weight that does not fit the others or the height: used as delivered',
        ),
        (
            'vital_sign_in_doubt',
            'A pulse, pressure or rate that no living person has: used as delivered',
        ),
    ] %}
    union all

    select
        usubjid,
        '{{ flag }}' as flag,
        '{{ handling }}' as handling,
        count(*) as n
    from doubtful_values
    where rule = '{{ flag }}'
    group by usubjid
    {% endfor %}

    {% for flag, column, handling in [
        (
            'several_assessments_on_a_day',
            'n_unused_same_day',
            'Of several assessments on a day the one with most items is used, then the last',
        ),
        (
            'total_in_conflict',
            'n_conflicting_totals',
            'The reported total is not the sum of the items: the sum is used',
        ),
        (
            'both_forms_of_item_5',
            'n_both_forms',
            'Both forms of item 5 are filled: the one without gastrostomy is used',
        ),
        (
            'item_out_of_range',
            'n_out_of_range',
            'An item outside 0 to 4 counts as not scored',
        ),
        (
            'impossible_total',
            'n_impossible_totals',
            'A reported total beyond the scale is not used',
        ),
    ] %}
    union all

    select
        usubjid,
        '{{ flag }}' as flag,
        '{{ handling }}' as handling,
        {{ column }} as n
    from assessments
    where {{ column }} > 0
    {% endfor %}

    {%- for flag, column, handling in [
        (
            'height_implausible',
            'n_heights',
            'A height up to 80 cm or above 250 cm, perhaps in metres: kept as delivered',
        ),
        (
            'weight_implausible',
            'n_weights',
            'A weight below 25 kg or above 300 kg: kept as delivered',
        ),
        (
            'temperature_implausible',
            'n_temperatures',
            'A temperature beyond 30 to 45 C, perhaps Fahrenheit: kept as delivered',
        ),
        (
            'vital_sign_in_unknown_unit',
            'n_without_standard_result',
            'A vital sign whose unit does not convert: has no standard result',
        ),
    ] %}

    union all

    select
        usubjid,
        '{{ flag }}' as flag,
        '{{ handling }}' as handling,
        {{ column }} as n
    from vital_signs
    where {{ column }} > 0
    {%- endfor %}

    union all

    select
        usubjid,
        'total_jumps' as flag,
        'A total moves more than 12 points within 45 days: all are used' as handling,
        n_jumps as n
    from courses
    where n_jumps > 0

    union all

    select
        usubjid,
        'total_regained' as flag,
        'A total is more than 6 points above an earlier one: all are used' as handling,
        n_regained as n
    from courses
    where n_regained > 0

)

select
    usubjid,
    flag,
    handling,
    cast(n as bigint) as n_occurrences

from doubts
