-- One row per analysis, matched subject and endpoint: days to it, over the whole
-- follow-up and, as <endpoint>_COMMON, up to the day to which both arms were followed.
--
-- The common horizon is the smaller of the arms' last days among the matched, events
-- and censorings alike (the default tau of Uno's survRM2): a subject observed beyond it
-- is censored there, so that curves, medians and hazard ratios of both arms are of the
-- same time. A subject who comes under observation at or after it has no days up to it.
-- Who had a competing event after it had none up to it.

with

matched as (

    select distinct
        analysis_id,
        usubjid,
        arm

    from {{ ref('matched_subjects') }}

),

whole as (

    select
        matched.analysis_id,
        matched.usubjid,
        matched.arm,
        endpoints.endpoint,
        endpoints.days,
        endpoints.is_event,
        endpoints.competing_event,
        endpoints.entry_days

    from matched
    inner join {{ ref('cohort_endpoints') }} as endpoints
        on matched.analysis_id = endpoints.analysis_id
        and matched.usubjid = endpoints.usubjid

),

last_days as (

    select
        analysis_id,
        endpoint,
        arm,
        max(days) as last_day

    from whole
    group by analysis_id, endpoint, arm

),

horizons as (

    select
        analysis_id,
        endpoint,
        min(last_day) as horizon_day

    from last_days
    group by analysis_id, endpoint

),

variants as (

    select
        analysis_id,
        usubjid,
        endpoint,
        endpoint as source_endpoint,
        cast(null as bigint) as horizon_day,
        days,
        is_event,
        competing_event,
        entry_days

    from whole

    union all

    select
        whole.analysis_id,
        whole.usubjid,
        whole.endpoint || '_COMMON' as endpoint,
        whole.endpoint as source_endpoint,
        horizons.horizon_day,
        case
            when whole.days is null then null
            when whole.entry_days >= horizons.horizon_day then null
            else least(whole.days, horizons.horizon_day)
        end as days,
        case
            when whole.entry_days >= horizons.horizon_day then null
            else whole.is_event and whole.days <= horizons.horizon_day
        end as is_event,
        case
            when whole.days <= horizons.horizon_day then whole.competing_event
        end as competing_event,
        whole.entry_days

    from whole
    inner join horizons
        on whole.analysis_id = horizons.analysis_id
        and whole.endpoint = horizons.endpoint

)

select * from variants
