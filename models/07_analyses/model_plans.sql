-- One row per analysis, Cox model and variance that is fitted: those of the protocol,
-- and of a model of the arm alone one more in every subgroup, `MODEL: SUBGROUP`.

with

models as (

    select * from {{ ref('analysis_models') }}

),

models_of_the_arm as (

    select
        analysis_id,
        model_id

    from {{ ref('analysis_model_terms') }}
    group by analysis_id, model_id
    having count(*) = 1 and count(variable) = 0

),

conditional_subgroups as (

    select distinct
        analysis_id,
        subgroup

    from {{ ref('analysis_subgroups') }}
    where operator is not null

)

select
    analysis_id,
    model_id,
    endpoint,
    variance,
    ties,
    model_id as terms_of,
    cast(null as varchar) as subgroup,
    'matched subjects' as population
from models

union all

select
    models.analysis_id,
    models.model_id || ': ' || conditional_subgroups.subgroup as model_id,
    models.endpoint,
    models.variance,
    models.ties,
    models.model_id as terms_of,
    conditional_subgroups.subgroup,
    'matched subjects of the subgroup ' || conditional_subgroups.subgroup
    || ', a set by its treated subject' as population

from models
inner join models_of_the_arm
    on models.analysis_id = models_of_the_arm.analysis_id
    and models.model_id = models_of_the_arm.model_id
inner join conditional_subgroups
    on models.analysis_id = conditional_subgroups.analysis_id
