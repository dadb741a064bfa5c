-- One row per study, population, window, kind of event, system organ class and
-- preferred term, with ANY for all of them together.
--
-- Populations: dosed (a site's subjects with a dose), PLACEBO and ACTIVE (PRO-ACT).
-- Windows from day 1: one_year (365 days) and entire_follow_up; an event without a
-- start day counts in both. AE is every event, ADR one whose causality is recorded and
-- other than UNLIKELY or UNRELATED, SAE a serious one. Person-years run from day 1 to
-- death or last follow-up, or to the end of the window.

with

populations as (

    select
        adsl.studyid,
        case when adsl.armcd = 'TREATED' then 'dosed' else adsl.armcd end as population,
        adsl.usubjid,
        {{ rel_day('coalesce(adsl.dthady, adsl.lstcnady)') }} as last_day

    from {{ ref('adsl') }} as adsl
    where adsl.armcd is not null

),

windows as (

    select
        'one_year' as window_name,
        cast(365 as bigint) as window_days

    union all

    select
        'entire_follow_up' as window_name,
        cast(null as bigint) as window_days

),

at_risk as (

    select
        populations.studyid,
        populations.population,
        windows.window_name,
        count(*) as n_at_risk,
        sum(
            greatest(
                least(
                    populations.last_day,
                    coalesce(windows.window_days, populations.last_day)
                ),
                0
            )
        ) filter (where populations.last_day is not null) / 365.25 as person_years

    from populations
    cross join windows
    group by populations.studyid, populations.population, windows.window_name

),

events as (

    select
        populations.studyid,
        populations.population,
        windows.window_name,
        unnest(
            list_filter(
                [
                    'AE',
                    case
                        when adae.aerel not in ('UNLIKELY', 'UNRELATED') then 'ADR'
                    end,
                    case when adae.aeser = 'Y' then 'SAE' end
                ],
                lambda kind: kind is not null
            )
        ) as kind,
        coalesce(adae.aebodsys, 'NOT CODED') as soc,
        coalesce(adae.aedecod, adae.aeterm, 'NOT CODED') as pt,
        adae.usubjid

    from {{ ref('adae') }} as adae
    inner join populations on adae.usubjid = populations.usubjid
    cross join windows
    where adae.astdy is null
        or (
            adae.astdy >= 1
            and (windows.window_days is null or adae.astdy <= windows.window_days)
        )

),

counts as (

    {{ event_counts('events', ['studyid', 'population', 'window_name', 'kind']) }}

)

select
    counts.studyid as study_id,
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
    on counts.studyid = at_risk.studyid
    and counts.population = at_risk.population
    and counts.window_name = at_risk.window_name
