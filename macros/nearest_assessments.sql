{#-
    One row per target that has an assessment in its window: the nearest one, ties to
    the earlier; window ends included.

    `targets` is a CTE with analysis_id, usubjid, window_id, target_day, from_day, to_day
    and requires (any, total or complete); the assessments are the used ones of
    alsfrs_visits. Columns: analysis_id, usubjid, window_id, target_day, then those of the
    assessment. `within` names a further key column of `targets`. `drawn_by`, a text of
    columns of `targets`, draws one of those in the window instead: the least digest of
    the text and the day, so that each is as likely as the others. With `every` there is
    a row for each assessment in the window.
-#}
{% macro nearest_assessments(targets, within=none, drawn_by=none, every=false) -%}
    select
        {{ targets }}.analysis_id,
        {{ targets }}.usubjid,
        {{ targets }}.window_id,
        {% if within %}{{ targets }}.{{ within }},
        {% endif -%}
        {{ targets }}.target_day,
        visits.qsspid,
        visits.rel_day,
        visits.total,
        visits.ft9_stage,
        visits.kings_stage,
        visits.mitos_stage

    from {{ targets }}
    inner join {{ ref('alsfrs_visits') }} as visits
        on {{ subject_of(targets ~ '.usubjid') }} = visits.usubjid
        and visits.is_used
        and visits.rel_day between {{ targets }}.target_day + {{ targets }}.from_day
        and {{ targets }}.target_day + {{ targets }}.to_day
        and case {{ targets }}.requires
            when 'complete' then visits.is_complete
            when 'total' then visits.total is not null
            else true
        end
    {%- if not every %}
    qualify row_number() over (
        partition by
            {{ targets }}.analysis_id, {{ targets }}.usubjid, {{ targets }}.window_id
            {%- if within %}, {{ targets }}.{{ within }}{% endif %}
        order by
            {%- if drawn_by %} md5({{ drawn_by }} || ':' || visits.rel_day),
            {%- else %} abs(visits.rel_day - {{ targets }}.target_day),
            {%- endif %} visits.rel_day
    ) = 1
    {%- endif %}
{%- endmacro %}
