{#-
    The rows of a protocol seed for every analysis: its own, or where it has none those
    of the analysis that it is based on. With `is_of_full_scope` an analysis whose scope
    is survival has none: no table of response, function or dose contrasts. `optional`
    has columns, with their types, that a seed written for an earlier version lacks.
-#}
{% macro resolved_protocol(seed, is_of_full_scope=false, optional={}) -%}
with

analyses as (

    select * from {{ ref('analyses') }}

),

given as (

    select * from {{ ref(seed) }}
    {%- if optional %}
    union all by name
    select
        {%- for column, data_type in optional.items() %}
        cast(null as {{ data_type }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    where false
    {%- endif %}

),

sources as (

    select
        analyses.analysis_id,
        case
            when analyses.analysis_id in (select given.analysis_id from given)
            then analyses.analysis_id
            else analyses.based_on
        end as source_analysis_id

    from analyses

)

select
    sources.analysis_id,
    given.* exclude (analysis_id)

from sources
inner join given on sources.source_analysis_id = given.analysis_id
{%- if is_of_full_scope %}
inner join {{ ref('analysis_scopes') }} as scopes
    on sources.analysis_id = scopes.analysis_id and scopes.scope = 'full'
{%- endif %}
-- depends_on: {{ ref('protocol_checks') }}
{%- endmacro %}
