-- A specification that an analysis of the protocol publishes has its numbers: the main
-- analysis, the one of its follow-up rule in its pool, and those that differ from the
-- main one in the score or in the way of matching alone.

with

own as (

    select
        specifications.*,
        follow_up.pool as own_pool

    from {{ ref('specifications') }} as specifications
    inner join {{ ref('analysis_follow_up') }} as follow_up
        on follow_up.analysis_id = case
            when specifications.follow_up_rule = 'as_recorded'
            then specifications.analysis_id
            else specifications.analysis_id || '_' || specifications.follow_up_rule
        end
    where specifications.clock = 'index'

),

published as (

    select
        *,
        case
            when follow_up_rule <> 'as_recorded'
            then analysis_id || '_' || follow_up_rule
            when score <> analysis_id then score
            else matching
        end as published_id

    from own
    where pool = own_pool
        and (follow_up_rule <> 'as_recorded')::int
        + (score <> analysis_id)::int
        + (matching <> analysis_id)::int <= 1

)

select
    published.specification_id,
    published.published_id,
    published.variance,
    published.coef,
    cox.coef as cox_coef

from published
inner join {{ ref('cox') }} as cox
    on published.published_id = cox.analysis_id
    and published.variance = cox.variance
    and cox.term = 'treated'
inner join {{ ref('analysis_main_models') }} as main_models
    on cox.analysis_id = main_models.analysis_id
    and cox.model_id = main_models.model_id
    and cox.endpoint = main_models.endpoint
where not coalesce(
    abs(published.coef - cox.coef) <= 1e-9
    and abs(published.se - cox.se) <= 1e-9
    and published.n_events = cox.n_events,
    published.coef is null and cox.coef is null
)
