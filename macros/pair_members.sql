{#- One row per analysis, pair and arm: the members of `pairs`, who they are. -#}
{% macro pair_members(pairs) -%}
    {% for arm in ['treated', 'control'] -%}
    select
        analysis_id,
        pair_id,
        '{{ arm }}' as arm,
        {{ arm }}_usubjid as usubjid

    from {{ pairs }}
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
