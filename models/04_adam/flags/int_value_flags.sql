-- Doubts about single values of a subject: those of quality.impossible_values by their
-- rule, vital signs as standardised, and days of events that no trial reached.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

-- Rules that have a flag from a later layer are left out below.
doubtful_values as (

    select
        found.usubjid,
        found.rule
    from {{ ref('impossible_values') }} as found
    inner join subjects on found.usubjid = subjects.usubjid

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

-- No trial of PRO-ACT ran for ten years (the longest record has 70 months), and no
-- patient lived a hundred years before entry.
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

doubts as (

    select
        usubjid,
        'day_beyond_any_trial' as flag,
        'A day outside any trial: kept as delivered, never counted as a contact'
            as handling,
        cast(sum(n) as bigint) as n_occurrences
    from far_days
    group by usubjid

    {% for flag, handling in [
        (
            'impossible_date',
            'An impossible date is not used, nor the visit or dose that needs it',
        ),
        (
            'impossible_day',
            'An impossible day is not used, nor the assessment that needs it',
        ),
        ('impossible_age', 'An impossible age is not used'),
        ('doubtful_date', 'A date after the reference day or long ago: used as delivered'),
        ('doubtful_day', 'A day outside what trials recorded: used as delivered'),
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
            'An implausible pulse, blood pressure or respiratory rate: used as delivered',
        ),
    ] %}
    union all

    select
        usubjid,
        '{{ flag }}' as flag,
        '{{ handling }}' as handling,
        count(*) as n_occurrences
    from doubtful_values
    where rule = '{{ flag }}'
    group by usubjid
    {% endfor %}

    {%- for flag, n, handling in [
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
            'A temperature outside 30 to 45 C, perhaps Fahrenheit: kept as delivered',
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
        {{ n }} as n_occurrences
    from vital_signs
    where {{ n }} > 0
    {%- endfor %}

)

select * from doubts
