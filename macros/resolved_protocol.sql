{#-
    The rows of a protocol seed for every analysis: its own, or where it has none those
    of the analysis that it is based on.
-#}
{% macro resolved_protocol(seed) -%}
with

analyses as (

    select * from {{ ref('analyses') }}

),

given as (

    select * from {{ ref(seed) }}

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
-- depends_on: {{ ref('protocol_checks') }}
{%- endmacro %}
