-- The models are those of the protocol, each once more up to the common horizon, as
-- `MODEL_common_horizon`, and a model of the arm alone once more in every subgroup, as
-- `MODEL: SUBGROUP`. Up to the common horizon subgroups are not repeated.

with

protocol as (

    select
        models.*,
        follow_up.follow_up_rule

    from {{ ref('analysis_models') }} as models
    inner join {{ ref('analysis_follow_up') }} as follow_up
        on models.analysis_id = follow_up.analysis_id

),

plans as (

    select
        analysis_id,
        model_id,
        endpoint,
        follow_up_rule,
        variance,
        ties,
        model_id as source_model_id,
        cast(null as varchar) as restriction

    from protocol

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

    select
        analysis_id,
        subgroup,
        bool_or({{ is_known_after_index('variable') }}) as is_of_the_future

    from {{ ref('analysis_subgroups') }}
    where operator is not null
    group by analysis_id, subgroup

)

select
    *,
    cast(null as varchar) as subgroup
from plans

union all

select
    analysis_id,
    model_id || '_common_horizon' as model_id,
    endpoint || '_COMMON' as endpoint,
    follow_up_rule,
    variance,
    ties,
    source_model_id,
    'up to the smaller of the arms'' last days' as restriction,
    cast(null as varchar) as subgroup

from plans

union all

select
    plans.analysis_id,
    plans.model_id || ': ' || conditional_subgroups.subgroup as model_id,
    plans.endpoint,
    plans.follow_up_rule,
    plans.variance,
    plans.ties,
    plans.source_model_id,
    'of the subgroup ' || conditional_subgroups.subgroup
    || ', a set by its treated subject'
    || case
        when conditional_subgroups.is_of_the_future
        then '; known only after index, so it conditions on the future'
        else ''
    end as restriction,
    conditional_subgroups.subgroup

from plans
inner join models_of_the_arm
    on plans.analysis_id = models_of_the_arm.analysis_id
    and plans.source_model_id = models_of_the_arm.model_id
inner join conditional_subgroups
    on plans.analysis_id = conditional_subgroups.analysis_id
