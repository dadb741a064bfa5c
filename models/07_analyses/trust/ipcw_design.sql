-- The main analyses and those with a follow-up rule, where every matched subject counts
-- once with weight 1, and time counts from the index day: the months of censoring begin
-- with observation. What censoring may depend on is what the analysis matches by.

with

chosen as (

    select
        analyses.analysis_id,
        follow_up.follow_up_rule

    from {{ ref('analyses') }} as analyses
    inner join {{ ref('analysis_follow_up') }} as follow_up
        on analyses.analysis_id = follow_up.analysis_id
    where (analyses.based_on is null or follow_up.rule <> 'as_recorded')
        and analyses.analysis_id not in (
            select clocks.analysis_id
            from {{ ref('analysis_clocks') }} as clocks
            where clocks.time_zero <> 'index'
        )

),

once as (

    select analysis_id

    from {{ ref('matched_subjects') }}
    group by analysis_id
    having count(*) = count(distinct usubjid) and min(weight) = 1 and max(weight) = 1

),

terms as (

    select distinct
        terms.analysis_id,
        terms.variable,
        variables.kind

    from {{ ref('analysis_matching_terms') }} as terms
    inner join {{ ref('variables') }} as variables
        on terms.variable = variables.variable
    where terms.role in ('score', 'distance', 'exact')

)

select
    chosen.analysis_id,
    chosen.follow_up_rule,
    matched.set_id,
    matched.usubjid,
    matched.arm,
    endpoints.days,
    endpoints.is_event,
    terms.variable,
    terms.kind,
    covariate_values.value

from chosen
inner join once on chosen.analysis_id = once.analysis_id
inner join {{ ref('matched_subjects') }} as matched
    on chosen.analysis_id = matched.analysis_id
inner join {{ ref('matched_endpoints') }} as endpoints
    on matched.analysis_id = endpoints.analysis_id
    and matched.usubjid = endpoints.usubjid
    and endpoints.endpoint = 'OS'
inner join terms on chosen.analysis_id = terms.analysis_id
inner join {{ ref('covariate_values') }} as covariate_values
    on matched.analysis_id = covariate_values.analysis_id
    and matched.usubjid = covariate_values.usubjid
    and terms.variable = covariate_values.variable
where endpoints.is_event is not null
