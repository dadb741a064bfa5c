-- Doubts about the ALSFRS-R assessments of a subject: several on a day, totals that
-- differ from the items or are off the scale, and courses that jump or recover.

with

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
        ) as n_impossible_totals

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

doubts as (

    {% for flag, table, n, handling in [
        (
            'several_assessments_on_a_day',
            'assessments',
            'n_unused_same_day',
            'Of several assessments on a day the one with most items is used, then the last',
        ),
        (
            'total_in_conflict',
            'assessments',
            'n_conflicting_totals',
            'The reported total is not the sum of the items: the sum is used',
        ),
        (
            'both_forms_of_item_5',
            'assessments',
            'n_both_forms',
            'Both forms of item 5 are filled: the one without gastrostomy is used',
        ),
        (
            'item_out_of_range',
            'assessments',
            'n_out_of_range',
            'An item outside 0 to 4 counts as not scored',
        ),
        (
            'impossible_total',
            'assessments',
            'n_impossible_totals',
            'A reported total outside the scale is not used',
        ),
        (
            'total_jumps',
            'courses',
            'n_jumps',
            'A total moves more than 12 points within 45 days: all are used',
        ),
        (
            'total_regained',
            'courses',
            'n_regained',
            'A total is more than 6 points above an earlier one: all are used',
        ),
    ] -%}
    select
        usubjid,
        '{{ flag }}' as flag,
        '{{ handling }}' as handling,
        {{ n }} as n_occurrences
    from {{ table }}
    where {{ n }} > 0
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select * from doubts
