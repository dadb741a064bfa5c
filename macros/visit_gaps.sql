{#- Days from one used assessment of a subject to the next, a row each. -#}
{% macro visit_gaps() -%}
    select
        usubjid,
        cast(
            rel_day - lag(rel_day) over (partition by usubjid order by rel_day)
            as double
        ) as gap

    from {{ ref('alsfrs_visits') }}
    where is_used
    qualify gap is not null
{%- endmacro %}
