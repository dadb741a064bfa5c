-- It is that of the candidates of both arms who meet every step that compares with no
-- order statistic, by R's default quantile (type 7). Candidates without the value do
-- not count.

with

wanted_by_step as (

    {{ compared_statistics(ref('analysis_eligibility'), ['step']) }}

),

wanted as (

    select distinct
        analysis_id,
        variable,
        statistic

    from wanted_by_step

),

other_conditions as (

    select eligibility.*
    from {{ ref('analysis_eligibility') }} as eligibility
    left join wanted_by_step
        on eligibility.analysis_id = wanted_by_step.analysis_id
        and eligibility.step = wanted_by_step.step
    where wanted_by_step.step is null
        and eligibility.analysis_id in (select wanted.analysis_id from wanted)

),

excluded as (

    select distinct
        covariate_values.analysis_id,
        covariate_values.usubjid

    from other_conditions
    inner join {{ ref('covariate_values') }} as covariate_values
        on other_conditions.analysis_id = covariate_values.analysis_id
        and other_conditions.variable = covariate_values.variable
        and other_conditions.arm in (covariate_values.arm, 'both')
    where {{ condition_outcome(
        'covariate_values.value', 'other_conditions.operator', 'other_conditions.value'
    ) }} <> 'met'

    union

    select
        endpoints.analysis_id,
        endpoints.usubjid

    from {{ ref('cohort_endpoints') }} as endpoints
    where endpoints.analysis_id in (
            select other_conditions.analysis_id
            from other_conditions
            where other_conditions.variable = 'is_event_free_at_entry'
        )
    group by endpoints.analysis_id, endpoints.usubjid
    having not coalesce({{ is_event_free_at_entry('endpoints') }}, false)

),

population as (

    select
        covariate_values.analysis_id,
        covariate_values.variable,
        cast(covariate_values.value as double) as value

    from {{ ref('covariate_values') }} as covariate_values
    left join excluded
        on covariate_values.analysis_id = excluded.analysis_id
        and covariate_values.usubjid = excluded.usubjid
    where excluded.usubjid is null
        and covariate_values.value is not null
        and covariate_values.variable in (select wanted.variable from wanted)

)

select
    wanted.analysis_id,
    wanted.variable,
    wanted.statistic,
    'candidates of both arms who meet all other steps' as population,
    count(population.value) as n,
    {{ order_statistic('population.value', 'wanted.statistic') }} as value

from wanted
left join population
    on wanted.analysis_id = population.analysis_id
    and wanted.variable = population.variable
group by wanted.analysis_id, wanted.variable, wanted.statistic
