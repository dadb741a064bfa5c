-- One row per analysis, matched subject and endpoint: days to it, over the whole
-- follow-up and, as <endpoint>_COMMON, up to the day to which both arms were followed.
--
-- The common horizon is the smaller of the arms' last days among the matched, events
-- and censorings alike (the default tau of Uno's survRM2): a subject observed beyond it
-- is censored there, so that curves, medians and hazard ratios of both arms are of the
-- same time.

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
        endpoints.is_event

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
        is_event

    from whole

    union all

    select
        whole.analysis_id,
        whole.usubjid,
        whole.endpoint || '_COMMON' as endpoint,
        whole.endpoint as source_endpoint,
        horizons.horizon_day,
        case
            when whole.days is not null then least(whole.days, horizons.horizon_day)
        end as days,
        whole.is_event and whole.days <= horizons.horizon_day as is_event

    from whole
    inner join horizons
        on whole.analysis_id = horizons.analysis_id
        and whole.endpoint = horizons.endpoint

)

select * from variants
