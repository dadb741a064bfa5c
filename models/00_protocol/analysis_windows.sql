-- The rows of seeds/protocol/windows.csv for every analysis, inherited ones included.
-- Where the scope is survival, only those that eligibility and covariates come from.

with

resolved as (

    {{ resolved_protocol('windows') | indent(4) }}

)

select resolved.*

from resolved
inner join {{ ref('analysis_scopes') }} as scopes
    on resolved.analysis_id = scopes.analysis_id
where scopes.scope = 'full'
    or resolved.window_id in ('baseline', 'run_in')
    or resolved.window_id like 'dose!_%' escape '!'
