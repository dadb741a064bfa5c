-- The rows of seeds/protocol/subgroups.csv for every analysis, inherited ones included.
-- Where the scope is survival, no subgroup by response: there is none.

with

resolved as (

    {{ resolved_protocol('subgroups') | indent(4) }}

)

select resolved.*

from resolved
inner join {{ ref('analysis_scopes') }} as scopes
    on resolved.analysis_id = scopes.analysis_id
where scopes.scope = 'full' or resolved.variable is distinct from 'response'
