-- Doubts about who is who are found in the delivered files, before a number became a
-- subject: rows under another spelling are a doubt of the subject that is meant, and a
-- possible pair of numbers is a doubt of both.

with

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
        kind as flag,
        case
            when starts_with(kind, 'total_')
            then 'The total is not that of the items: the sum is used'
            else 'Probably scored in the opposite direction: used as delivered'
        end as handling,
        1 as n
    from {{ ref('doubtful_assessments') }}
    where subject_id is not null

    {% for source, subject in [
        ('source', 'subject_id'), ('other_source', 'other_subject_id')
    ] %}
    union all

    select
        {{ source }} as source,
        {{ subject }} as subject_id,
        'perhaps_of_two_numbers' as flag,
        'Probably the same person as another subject: both are kept' as handling,
        1 as n
    from {{ ref('same_persons') }}
    {% endfor %}

)

select
    upper(source) || '-' || subject_id as usubjid,
    flag,
    handling,
    cast(sum(n) as bigint) as n_occurrences

from identities
group by source, subject_id, flag, handling
