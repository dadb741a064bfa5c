-- Days count from 1970 for a site and from trial entry for PRO-ACT: only differences
-- between them are used. Values are used as delivered; quality.impossible_values lists
-- the rows.

{% set proact_items = delivered_items('proact').values() | list -%}

with

assessments as (

    select
        source,
        'alsfrs' as table_name,
        file_name,
        row_number,
        line_number,
        subject_id,
        'alsfrs_delta' as day_column,
        cast(alsfrs_delta as varchar) as raw_day,
        alsfrs_delta as day,
        cast(null as varchar) as gastrostomy,
        [{{ proact_items[:9] | join(', ') }}] || case
            when coalesce({{ proact_items[9:] | join(', ') }}) is null
            then [q10_respiratory]
            else [{{ proact_items[9:] | join(', ') }}]
        end as items,
        coalesce(alsfrs_r_total, alsfrs_total) as reported

    from ({{ staged_kept('stg_proact__alsfrs') }})

    union all

    select
        source,
        'visits' as table_name,
        file_name,
        row_number,
        line_number,
        subject_id,
        'visit_date' as day_column,
        cast(visit_date as varchar) as raw_day,
        {{ days_between("cast('1970-01-01' as date)", 'visit_date') }} as day,
        upper(gastrostomy) as gastrostomy,
        [{{ delivered_items('site').values() | join(', ') }}] as items,
        alsfrs_r_total as reported

    from ({{ staged_kept('stg_site__visits') }})

),

scored as (

    select
        *,
        case
            when len(list_filter(items, lambda item: item between 0 and 4)) = len(items)
            then list_sum(items)
            else reported
        end as score

    from assessments

),

neighbours as (

    select
        *,
        max(score) over (
            partition by source, subject_id
            order by day
            range between current row and unbounded following
        ) as best_from_then,
        max_by(score, day) over (
            partition by source, subject_id
            order by day
            range between 92 preceding and 1 preceding
        ) as score_before,
        lag(gastrostomy) over visits as gastrostomy_before,
        lead(gastrostomy) over visits as gastrostomy_after

    from scored
    window visits as (partition by source, subject_id order by day, row_number)

),

-- A form that was not filled in and stored as zeros: no patient gains more than six
-- points after the last is lost, or loses more than twenty within three months.
zero_visits as (

    select
        source,
        table_name,
        file_name,
        line_number,
        subject_id,
        day_column as column_name,
        raw_day as raw_value,
        'zero_visit' as rule,
        case
            when best_from_then > 6
            then 'the score is 0, and ' || cast(best_from_then as integer)
                || ' at a later visit or on the same day'
            else 'the score is 0, and was ' || cast(score_before as integer)
                || ' at a visit of the last three months'
        end as reason

    from neighbours
    where score = 0 and (best_from_then > 6 or score_before > 20)

),

gastrostomies as (

    select
        source,
        table_name,
        file_name,
        line_number,
        subject_id,
        'gastrostomy' as column_name,
        gastrostomy as raw_value,
        'gastrostomy_gone' as rule,
        case gastrostomy
            when 'Y' then 'a gastrostomy, and none at the next visit'
            else 'no gastrostomy, and one at the visit before'
        end as reason

    from neighbours
    where (gastrostomy = 'Y' and gastrostomy_after = 'N')
        or (gastrostomy = 'N' and gastrostomy_before = 'Y')

),

contacts as (

    select
        source,
        table_name,
        file_name,
        line_number,
        subject_id,
        day_column as column_name,
        raw_day as raw_value,
        day
    from assessments

    union all

    select
        source,
        'doses' as table_name,
        file_name,
        line_number,
        subject_id,
        'dose_date' as column_name,
        cast(dose_date as varchar) as raw_value,
        {{ days_between("cast('1970-01-01' as date)", 'dose_date') }} as day
    from ({{ staged_kept('stg_site__doses') }})

),

gaps as (

    select
        *,
        least(
            day - max(day) over (
                partition by source, subject_id
                order by day
                range between unbounded preceding and 1 preceding
            ),
            min(day) over (
                partition by source, subject_id
                order by day
                range between 1 following and unbounded following
            ) - day
        ) as gap

    from contacts

),

far_visits as (

    select
        source,
        table_name,
        file_name,
        line_number,
        subject_id,
        column_name,
        raw_value,
        'far_from_other_visits' as rule,
        'lies ' || gap || ' days from the subject''s nearest other visit or dose'
            as reason

    from gaps
    where gap > 1095

),

spans as (

    select
        source,
        subject_id,
        min(day) as first_day,
        max(day) as last_day
    from contacts
    group by source, subject_id

),

events as (

    select
        *,
        {{ days_between("cast('1970-01-01' as date)", 'event_date') }} as day
    from ({{ staged_kept('stg_site__events') }})

),

far_events as (

    select
        events.source,
        'events' as table_name,
        events.file_name,
        events.line_number,
        events.subject_id,
        'event_date' as column_name,
        cast(events.event_date as varchar) as raw_value,
        'event_far_from_visits' as rule,
        events.event || case
            when events.day < spans.first_day
            then ' lies ' || (spans.first_day - events.day)
                || ' days before the first visit or dose'
            else ' lies ' || (events.day - spans.last_day)
                || ' days after the last visit or dose'
        end as reason

    from events
    inner join spans
        on events.source = spans.source and events.subject_id = spans.subject_id
    where events.day - spans.last_day > 3650 or spans.first_day - events.day > 1095

)

select * from zero_visits
union all
select * from gastrostomies
union all
select * from far_visits
union all
select * from far_events
