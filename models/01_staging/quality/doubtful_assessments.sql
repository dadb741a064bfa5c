-- An item runs from 4, normal, to 0 and is lost point by point. An item whose scores
-- rise while all others fall was scored in the opposite direction; a total without the
-- last two items is that of the original scale of forty points. Values are used as
-- delivered.

with

assessments as (

    {{ delivered_assessments() }}

),

summed as (

    select
        *,
        {{ alsfrs_items() | join(' + ') }} as item_sum,
        dyspnea + orthopnea + respiratory_insufficiency as breathing

    from assessments

),

-- Of the three breathing items the original scale has one, as its tenth item.
totals as (

    select
        source,
        table_name,
        file_name,
        line_number,
        subject_id,
        case
            when reported_total = item_sum - orthopnea - respiratory_insufficiency
                and orthopnea + respiratory_insufficiency >= 4
            then 'total_of_the_original_scale'
            when abs(reported_total - item_sum) > 8 then 'total_far_from_its_items'
        end as kind,
        'alsfrs_r_total' as column_name,
        concat(
            'total ',
            {{ number_text('reported_total') }},
            ', items sum to ',
            {{ number_text('item_sum') }}
        ) as found

    from summed
    where reported_total between 0 and 48

),

long as (

    {% for item in alsfrs_items() -%}
    select
        source,
        table_name,
        file_name,
        line_number,
        subject_id,
        day,
        '{{ item }}' as item,
        {{ item }} as score,
        item_sum - {{ item }} as others
    from summed
    where item_sum is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

items_of_sources as (

    select
        source,
        table_name,
        min(file_name) as file_name,
        item,
        count(*) as n,
        count(distinct subject_id) as n_subjects,
        corr(score, others) as correlation

    from long
    group by source, table_name, item

),

-- An item is put right or wrong again by treatment; against a loss of six points of the
-- others and in step with it, in the opposite direction, it is not.
items_of_subjects as (

    select
        source,
        table_name,
        min(file_name) as file_name,
        min_by(line_number, (file_name, line_number)) as line_number,
        subject_id,
        item,
        count(*) as n,
        corr(score, others) as correlation,
        arg_min(score, day) as first_score,
        arg_max(score, day) as last_score,
        arg_max(others, day) - arg_min(others, day) as change_of_others

    from long
    where day is not null
    group by source, table_name, subject_id, item

),

-- Respiratory function is lost last: no patient enters a trial without it and keeps the
-- rest.
subjects as (

    select
        source,
        table_name,
        min(file_name) as file_name,
        min_by(line_number, (file_name, line_number)) as line_number,
        subject_id,
        count(*) as n,
        arg_min(item_sum, day) as first_sum,
        arg_max(item_sum, day) as last_sum,
        corr(item_sum, day) as trend,
        arg_min(breathing, day) as first_breathing

    from summed
    where item_sum is not null and day is not null
    group by source, table_name, subject_id

),

doubts as (

    select * from totals
    where kind is not null

    union all

    select
        source,
        table_name,
        file_name,
        cast(null as bigint) as line_number,
        cast(null as varchar) as subject_id,
        'item_reversed_at_source' as kind,
        item as column_name,
        concat(
            'correlation with the sum of the other items ',
            {{ number_text('round(correlation, 2)') }},
            ' over ',
            n,
            ' assessments'
        ) as found
    from items_of_sources
    where n >= 20 and n_subjects >= 4 and correlation < -0.1

    union all

    select
        source,
        table_name,
        file_name,
        line_number,
        subject_id,
        'item_reversed_of_subject' as kind,
        item as column_name,
        concat(
            'from ',
            {{ number_text('first_score') }},
            ' to ',
            {{ number_text('last_score') }},
            ' while the other items change by ',
            {{ number_text('change_of_others') }}
        ) as found
    from items_of_subjects
    where n >= 4
        and last_score - first_score >= 2
        and change_of_others <= -6
        and correlation < -0.7

    union all

    select
        source,
        table_name,
        file_name,
        line_number,
        subject_id,
        'items_reversed_of_subject' as kind,
        'all items' as column_name,
        concat(
            'sum of the items from ',
            {{ number_text('first_sum') }},
            ' to ',
            {{ number_text('last_sum') }},
            ' in ',
            n,
            ' assessments'
        ) as found
    from subjects
    where (n >= 3 and last_sum - first_sum >= 6 and trend > 0.8 and first_sum <= 24)
        or (n >= 2 and first_breathing <= 3 and last_sum >= first_sum)

    union all

    select
        source,
        table_name,
        min(file_name) as file_name,
        cast(null as bigint) as line_number,
        cast(null as varchar) as subject_id,
        'totals_end_at_40' as kind,
        'alsfrs_r_total' as column_name,
        concat(
            'no total above ',
            {{ number_text('max(reported_total)') }},
            ', items sum to ',
            {{ number_text('max(item_sum)') }},
            ' at most'
        ) as found
    from summed
    group by source, table_name
    having count(reported_total) >= 20
        and max(reported_total) <= 40
        and count(*) filter (where item_sum > 40) >= 3

)

select
    source,
    table_name,
    file_name,
    line_number,
    subject_id,
    kind,
    column_name,
    found

from doubts
