-- A kind needs what the study must record (seeds/codelists/safety_kinds.csv): where no
-- event of the study records it, the counts are null with a note, as zero is then not
-- known. DEATH is counted in subjects, from ADSL.

with

at_risk as (

    select
        study_id,
        population,
        window_name,
        count(*) as n_at_risk,
        sum(days_at_risk) / 365.25 as person_years,
        count(*) filter (where died) as n_died,
        count(*) filter (where died is null) as n_death_unknown

    from {{ ref('safety_follow_up') }}
    group by study_id, population, window_name

),

studies as (

    select distinct study_id from at_risk

),

said as (

    select
        study_id,
        count(*) > 0 as event,
        bool_or(says_causality) as causality,
        bool_or(says_seriousness) as seriousness,
        bool_or(says_hospitalisation) as hospitalisation,
        bool_or(says_outcome) as outcome,
        bool_or(says_duration) as duration

    from {{ ref('adverse_event_flags') }}
    group by study_id

),

recorded as (

    select
        studies.study_id,
        unnest(
            [
                'event',
                'causality',
                'seriousness',
                'hospitalisation',
                'outcome',
                'duration',
                'deaths'
            ]
        ) as need,
        unnest(
            [
                coalesce(said.event, false),
                coalesce(said.causality, false),
                coalesce(said.seriousness, false),
                coalesce(said.hospitalisation, false),
                coalesce(said.outcome, false),
                coalesce(said.duration, false),
                true
            ]
        ) as is_recorded

    from studies
    left join said on studies.study_id = said.study_id

),

needs as (

    select
        recorded.study_id,
        kinds.kind,
        kinds.definition,
        bool_and(recorded.is_recorded) as is_recorded,
        string_agg(recorded.need, ', ' order by recorded.need)
            filter (where not recorded.is_recorded) as missing

    from {{ ref('safety_kinds') }} as kinds
    inner join recorded
        on list_contains(string_split(kinds.needs, '|'), recorded.need)
    group by recorded.study_id, kinds.kind, kinds.definition

),

counted as (

    select
        study_id,
        population,
        window_name,
        kind,
        case when grouping(soc) = 1 then 'ANY' else soc end as soc,
        case when grouping(pt) = 1 then 'ANY' else pt end as pt,
        count(*) filter (where is_met) as n_events,
        count(distinct usubjid) filter (where is_met) as n_subjects,
        count(*) filter (where is_met is null) as n_not_evaluable,
        count(*) filter (where is_met and is_start_unknown) as n_start_unknown

    from {{ ref('safety_events') }}
    group by grouping sets (
        (study_id, population, window_name, kind),
        (study_id, population, window_name, kind, soc),
        (study_id, population, window_name, kind, soc, pt)
    )

),

terms as (

    select
        needs.kind,
        needs.definition,
        needs.is_recorded,
        needs.missing,
        at_risk.*,
        'ANY' as soc,
        'ANY' as pt

    from at_risk
    inner join needs on at_risk.study_id = needs.study_id

    union all

    select
        needs.kind,
        needs.definition,
        needs.is_recorded,
        needs.missing,
        at_risk.*,
        counted.soc,
        counted.pt

    from counted
    inner join at_risk
        on counted.study_id = at_risk.study_id
        and counted.population = at_risk.population
        and counted.window_name = at_risk.window_name
    inner join needs
        on counted.study_id = needs.study_id and counted.kind = needs.kind
    where counted.soc <> 'ANY' and needs.is_recorded

)

select
    terms.study_id,
    terms.population,
    terms.window_name,
    terms.kind,
    terms.soc,
    terms.pt,
    case
        when terms.kind = 'DEATH' then terms.n_died
        when terms.is_recorded then coalesce(counted.n_events, 0)
    end as n_events,
    case
        when terms.kind = 'DEATH' then terms.n_died
        when terms.is_recorded then coalesce(counted.n_subjects, 0)
    end as n_subjects,
    case
        when terms.kind = 'DEATH' then terms.n_death_unknown
        when terms.is_recorded then coalesce(counted.n_not_evaluable, 0)
    end as n_not_evaluable,
    case
        when terms.kind = 'DEATH' then 0
        when terms.is_recorded then coalesce(counted.n_start_unknown, 0)
    end as n_start_unknown,
    terms.n_at_risk,
    cast(terms.person_years as double) as person_years,
    terms.definition,
    case
        when not terms.is_recorded
        then 'not recorded: no event of the study says ' || terms.missing
    end as note

from terms
left join counted
    on terms.study_id = counted.study_id
    and terms.population = counted.population
    and terms.window_name = counted.window_name
    and terms.kind = counted.kind
    and terms.soc = counted.soc
    and terms.pt = counted.pt
