{#-
    The kept assessments of all sources, items side by side, as they were delivered:
    source, table_name, file_name, line_number, subject_id, day (days from
    trial entry, of a site from 1970-01-01), reported_total and the twelve items. An
    item outside 0 to 4 is null.
-#}
{% macro delivered_assessments() -%}
    {%- set columns = {
        'proact': [
            'q1_speech', 'q2_salivation', 'q3_swallowing', 'q4_handwriting',
            'coalesce(
                q5a_cutting_without_gastrostomy, q5b_cutting_with_gastrostomy
            )',
            'q6_dressing_and_hygiene', 'q7_turning_in_bed', 'q8_walking',
            'q9_climbing_stairs', 'r_1_dyspnea', 'r_2_orthopnea',
            'r_3_respiratory_insufficiency',
        ],
        'site': [
            'q1_speech', 'q2_salivation', 'q3_swallowing', 'q4_handwriting',
            'q5_cutting', 'q6_dressing', 'q7_turning', 'q8_walking', 'q9_climbing',
            'r1_dyspnea', 'r2_orthopnea', 'r3_respiratory_insufficiency',
        ],
    } -%}
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
        {%- for item in alsfrs_items() %},
        case
            when {{ columns[kind][loop.index0] }} between 0 and 4
            then {{ columns[kind][loop.index0] }}
        end as {{ item }}
        {%- endfor %}
    from ({{ staged_kept(model) }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
