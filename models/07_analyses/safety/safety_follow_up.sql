-- Populations: dosed (a site's subjects with a dose), PLACEBO and ACTIVE (PRO-ACT).
-- Windows from day 1: one_year (365 days) and entire_follow_up. Days at risk run from
-- day 1 to death or last follow-up, or to the end of the window; null where neither is
-- known. died is false only where it is known: alive, dead on a later day, or assessed
-- or in contact on the last day of the window or after. The absence of a death record
-- does not mean alive.

with

subjects as (

    select
        studyid as study_id,
        case when armcd = 'TREATED' then 'dosed' else armcd end as population,
        usubjid,
        vitalst,
        {{ rel_day('dthady') }} as death_day,
        {{ rel_day('coalesce(dthady, lstcnady)') }} as last_day

    from {{ ref('adsl') }}
    where armcd is not null

),

windows as (

    select
        'one_year' as window_name,
        cast(365 as bigint) as window_days

    union all

    select
        'entire_follow_up' as window_name,
        cast(null as bigint) as window_days

)

select
    subjects.study_id,
    subjects.population,
    windows.window_name,
    windows.window_days,
    subjects.usubjid,
    case
        when subjects.last_day is not null
        then greatest(
            least(
                subjects.last_day, coalesce(windows.window_days, subjects.last_day)
            ),
            0
        )
    end as days_at_risk,
    case
        when subjects.death_day is not null
        then subjects.death_day < coalesce(windows.window_days, subjects.death_day + 1)
        when subjects.vitalst = 'ALIVE' then false
        when subjects.last_day >= windows.window_days - 1 then false
        when subjects.vitalst = 'DEAD' and windows.window_days is null then true
    end as died

from subjects
cross join windows
