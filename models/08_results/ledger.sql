-- One row per published number: ours beside it, with its definition and a verdict.
--
-- `compared` needs a delivery of real patients (the setting delivery_is_real);
-- on a made-up delivery every number is `not comparable`. A number for which
-- seeds/published/ledger_sources.csv names none of our estimates has none.

with

published as (

    select
        paper,
        location,
        "group" as group_name,
        quantity,
        cast(value as varchar) as published,
        unit,
        note

    from {{ ref('published') }}

),

ours as (

    select
        sources.paper,
        sources.location,
        sources.group_name,
        sources.quantity,
        estimates.value as ours_value,
        sources.analysis_id || ': ' || coalesce(
            estimates.definition, 'no such estimate in this delivery'
        ) as definition

    from {{ ref('ledger_sources') }} as sources
    left join {{ ref('estimates') }} as estimates
        on sources.analysis_id = estimates.analysis_id
        and sources.estimate = estimates.estimate

),

side_by_side as (

    select
        published.paper,
        published.location,
        published.group_name,
        published.quantity,
        published.published,
        try_cast(
            regexp_extract(published.published, '-?[0-9]+(\.[0-9]+)?') as double
        ) as published_value,
        ours.ours_value,
        coalesce(
            ours.definition, 'none of our estimates is mapped to this number'
        ) as definition,
        case
            when {{ var('delivery_is_real', false) }} and ours.ours_value is not null
            then 'compared'
            else 'not comparable'
        end as verdict,
        published.note

    from published
    left join ours
        on published.paper = ours.paper
        and published.location = ours.location
        and published.group_name = ours.group_name
        and published.quantity = ours.quantity

)

select
    paper,
    location,
    group_name,
    quantity,
    published,
    published_value,
    cast(round(ours_value, 4) as varchar) as ours,
    ours_value,
    definition,
    verdict,
    note

from side_by_side
