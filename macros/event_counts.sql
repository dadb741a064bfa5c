{#-
    Events and subjects with an event by system organ class and preferred term, with ANY
    for all of them together, within each key.

    `events` is a CTE with the keys, soc, pt and usubjid, one row per event.
-#}
{% macro event_counts(events, keys) -%}
    {%- set key = keys | join(', ') -%}
    select
        {{ key }},
        case when grouping(soc) = 1 then 'ANY' else soc end as soc,
        case when grouping(pt) = 1 then 'ANY' else pt end as pt,
        count(*) as n_events,
        count(distinct usubjid) as n_subjects

    from {{ events }}
    group by grouping sets (
        ({{ key }}),
        ({{ key }}, soc),
        ({{ key }}, soc, pt)
    )
{%- endmacro %}
