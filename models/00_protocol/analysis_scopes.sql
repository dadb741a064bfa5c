with

given as (

    {{ resolved_protocol('scopes') | indent(4) }}

)

select
    analyses.analysis_id,
    coalesce(given.scope, 'full') as scope

from {{ ref('analyses') }} as analyses
left join given on analyses.analysis_id = given.analysis_id
