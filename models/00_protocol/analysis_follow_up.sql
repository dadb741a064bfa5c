-- An analysis without a row in seeds/protocol/follow_up.csv, its own or inherited, is
-- as_recorded and takes all. follow_up_rule names the rule with its days: window_91.

with

given as (

    {{ resolved_protocol('follow_up') | indent(4) }}

)

select
    analyses.analysis_id,
    coalesce(given.rule, 'as_recorded') as rule,
    given.days,
    coalesce(given.rule, 'as_recorded')
    || coalesce('_' || cast(given.days as varchar), '') as follow_up_rule,
    coalesce(given.pool, 'all') as pool,
    coalesce(given.arms, 'control') as arms,
    given.why

from {{ ref('analyses') }} as analyses
left join given on analyses.analysis_id = given.analysis_id
