{#-
    The kept assessments of all sources, items side by side, as they were delivered:
    source, table_name, file_name, line_number, subject_id, day (days from
    trial entry, of a site from 1970-01-01), reported_total and the twelve items. An
    item outside 0 to 4 is null.
-#}
{% macro delivered_assessments() -%}
    {%- for kind, table, model, day in [
        ('proact', 'alsfrs', 'stg_proact__alsfrs', 'alsfrs_delta'),
        (
            'site',
            'visits',
            'stg_site__visits',
            "date_diff('day', date '1970-01-01', visit_date)",
        ),
    ] %}
    select
        source,
        '{{ table }}' as table_name,
        file_name,
        line_number,
        subject_id,
        {{ day }} as day,
        alsfrs_r_total as reported_total
        {%- for item, delivered in delivered_items(kind).items() %},
        case when {{ delivered }} between 0 and 4 then {{ delivered }} end as {{ item }}
        {%- endfor %}
    from ({{ staged_kept(model) }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
