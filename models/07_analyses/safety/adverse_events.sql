-- Populations and windows are those of safety_follow_up; an event without a start day
-- counts in both windows. Every delivered event counts, terms of ALS progression
-- included (analysis.safety_table leaves them out): AE is every event, ADR one not
-- judged UNLIKELY or UNRELATED, ADR_RECORDED one judged otherwise, SAE a serious one.
-- Person-years run from day 1 to death or last follow-up, or to the end of the window.

with

at_risk as (

    select
        study_id,
        population,
        window_name,
        count(*) as n_at_risk,
        sum(days_at_risk) / 365.25 as person_years

    from {{ ref('safety_follow_up') }}
    group by study_id, population, window_name

),

events as (

    select
        followed.study_id,
        followed.population,
        followed.window_name,
        unnest(
            list_filter(
                [
                    'AE',
                    case when flags.is_adr then 'ADR' end,
                    case when flags.is_adr_recorded then 'ADR_RECORDED' end,
                    case when flags.is_sae then 'SAE' end
                ],
                lambda kind: kind is not null
            )
        ) as kind,
        flags.soc,
        flags.pt,
        flags.usubjid

    from {{ ref('adverse_event_flags') }} as flags
    inner join {{ ref('safety_follow_up') }} as followed
        on flags.usubjid = followed.usubjid
    where {{ in_safety_window('flags.astdy', 'followed.window_days') }}

),

counts as (

    {{ event_counts('events', ['study_id', 'population', 'window_name', 'kind']) }}

)

select
    counts.study_id,
    counts.population,
    counts.window_name as "window",
    counts.kind,
    counts.soc,
    counts.pt,
    counts.n_events,
    counts.n_subjects,
    100.0::double * counts.n_subjects / at_risk.n_at_risk as pct_subjects,
    at_risk.n_at_risk,
    cast(at_risk.person_years as double) as person_years,
    100.0::double * counts.n_events / nullif(at_risk.person_years, 0)
        as rate_per_100_py

from counts
inner join at_risk
    on counts.study_id = at_risk.study_id
    and counts.population = at_risk.population
    and counts.window_name = at_risk.window_name
