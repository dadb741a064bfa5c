-- One row per analysis, Cox model and variance: those of the protocol, and each once
-- more up to the common horizon, as <model>_common_horizon.

with

protocol as (

    select * from {{ ref('analysis_models') }}

),

plans as (

    select
        analysis_id,
        model_id,
        endpoint,
        variance,
        ties,
        model_id as source_model_id,
        cast(null as varchar) as restriction

    from protocol

    union all

    select
        analysis_id,
        model_id || '_common_horizon' as model_id,
        endpoint || '_COMMON' as endpoint,
        variance,
        ties,
        model_id as source_model_id,
        'up to the smaller of the arms'' last days' as restriction

    from protocol

)

select * from plans
