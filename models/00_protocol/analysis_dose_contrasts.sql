-- The rows of seeds/protocol/dose_contrasts.csv for every analysis, inherited ones
-- included.
-- None where the scope is survival, or the clock starts elsewhere than at the index day,
-- from which days of doses count.

with

resolved as (

    {{ resolved_protocol('dose_contrasts', is_of_full_scope=true) | indent(4) }}

)

select *

from resolved
where analysis_id not in (
        select clocks.analysis_id
        from {{ ref('analysis_clocks') }} as clocks
        where clocks.time_zero <> 'index'
    )
