-- Eligibility: see cohort.eligibility_thresholds. Groups and subgroups: the matched
-- treated subjects of the analysis, each once. R's default quantile (type 7).

with

wanted as (

    select
        *,
        'groups' as seed
    from ({{ compared_statistics(ref('analysis_groups')) }})

    union all

    select
        *,
        'subgroups' as seed
    from ({{ compared_statistics(ref('analysis_subgroups')) }})

),

matched_treated as (

    select distinct
        analysis_id,
        usubjid

    from {{ ref('matched_subjects') }}
    where arm = 'treated'

),

population as (

    select
        covariate_values.analysis_id,
        covariate_values.variable,
        cast(covariate_values.value as double) as value

    from matched_treated
    inner join {{ ref('covariate_values') }} as covariate_values
        on matched_treated.analysis_id = covariate_values.analysis_id
        and matched_treated.usubjid = covariate_values.usubjid
    where covariate_values.value is not null
        and covariate_values.variable in (select wanted.variable from wanted)

)

select
    wanted.analysis_id,
    wanted.seed,
    wanted.variable,
    wanted.statistic,
    'matched treated' as population,
    count(population.value) as n,
    {{ order_statistic('population.value', 'wanted.statistic') }} as value

from wanted
left join population
    on wanted.analysis_id = population.analysis_id
    and wanted.variable = population.variable
group by wanted.analysis_id, wanted.seed, wanted.variable, wanted.statistic

union all

select
    analysis_id,
    'eligibility' as seed,
    variable,
    statistic,
    population,
    n,
    value
from {{ ref('eligibility_thresholds') }}
