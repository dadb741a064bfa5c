-- Verdicts, the first that holds: `contradicts print` (a check of results.print_checks
-- puts it in doubt), `recomputed from print` (it follows from other printed numbers),
-- `compared` (with the estimate, where it is known, from a delivery of real patients:
-- quality.delivery_nature), `not comparable`. The note says where the other printed
-- numbers only allow it. The estimate is shown whatever the verdict. An analysis
-- without delivered patients has none: its counts of 0 are no estimates.

with

published as (

    select
        paper,
        location,
        "group" as group_name,
        quantity,
        unit,
        note

    from {{ ref('published') }}

),

-- A table in which anything was counted: a term that is not in it occurred in no
-- subject.
counted_tables as (

    select distinct
        analysis_id,
        split_part(estimate, '/', 2) as table_id

    from {{ ref('safety_estimates') }}
    where estimate like 'safety_table/%' and value is not null

),

ours as (

    select
        sources.paper,
        sources.location,
        sources.group_name,
        sources.quantity,
        sources.analysis_id,
        case
            when summaries.is_delivered then estimates.null_means
        end as null_means,
        case
            when not summaries.is_delivered
            then null
            when estimates.estimate is null and counted_tables.table_id is not null
            then 0
            else estimates.value
        end as ours_value,
        case
            when sources.no_estimate_because is not null
            then 'none, ' || sources.no_estimate_because
            when not summaries.is_delivered
            then sources.analysis_id || ': no subject of ' || summaries.not_delivered
                || ' was delivered'
            when estimates.estimate is not null
            then sources.analysis_id || ': ' || estimates.definition
            when counted_tables.table_id is not null
            then sources.analysis_id || ': no such adverse event in this delivery'
            else sources.analysis_id || ': no such estimate in this delivery'
        end as definition

    from {{ ref('ledger_sources') }} as sources
    left join {{ ref('estimates') }} as estimates
        on sources.analysis_id = estimates.analysis_id
        and sources.estimate = estimates.estimate
    left join {{ ref('analysis_summary') }} as summaries
        on sources.analysis_id = summaries.analysis_id
    left join counted_tables
        on sources.analysis_id = counted_tables.analysis_id
        and sources.estimate like 'safety_table/%'
        and split_part(sources.estimate, '/', 2) = counted_tables.table_id

),

checked as (

    select
        numbers.paper,
        numbers.location,
        numbers.group_name,
        numbers.quantity,
        numbers.is_blamed,
        numbers.is_determined,
        numbers.is_allowed,
        checks.check_id,
        checks.kind,
        checks.formula,
        checks.explanation,
        numbers.other_numbers

    from {{ ref('print_check_numbers') }} as numbers
    inner join {{ ref('print_checks') }} as checks
        on numbers.paper = checks.paper
        and numbers.check_id = checks.check_id

),

contradictions as (

    select
        paper,
        location,
        group_name,
        quantity,
        string_agg(explanation, '; ' order by check_id) as explanations,
        min_by(formula || ', from ' || other_numbers, check_id) as definition

    from checked
    where is_blamed
    group by paper, location, group_name, quantity

),

-- Where several checks give a number, one that computes it is named before one that
-- only finds it printed again.
recomputations as (

    select
        paper,
        location,
        group_name,
        quantity,
        formula || ', from ' || other_numbers as definition,
        explanation

    from checked
    where is_determined
    qualify row_number() over (
        partition by paper, location, group_name, quantity
        order by (kind = 'same'), check_id
    ) = 1

),

compatibilities as (

    select
        paper,
        location,
        group_name,
        quantity,
        formula || ', from ' || other_numbers as definition,
        explanation

    from checked
    where is_allowed
    qualify row_number() over (
        partition by paper, location, group_name, quantity
        order by check_id
    ) = 1

),

side_by_side as (

    select
        published.paper,
        published.location,
        published.group_name,
        published.quantity,
        printed.published,
        printed.published_value,
        printed.bound,
        printed.printed_low,
        printed.printed_high,
        printed.value_note,
        ours.ours_value,
        coalesce(
            cast(round(ours.ours_value, 4) as varchar),
            nullif(ours.null_means, '')
        ) as ours,
        ours.analysis_id,
        nature.is_real,
        ours.definition as our_definition,
        case
            when contradictions.paper is not null
            then 'contradicts print'
            when recomputations.paper is not null
            then 'recomputed from print'
            when nature.is_real
                and (ours.ours_value is not null or ours.null_means != '')
            then 'compared'
            else 'not comparable'
        end as verdict,
        contradictions.definition as contradiction_definition,
        contradictions.explanations,
        recomputations.definition as recomputation_definition,
        recomputations.explanation as recomputation,
        compatibilities.definition as compatibility_definition,
        compatibilities.explanation as compatibility,
        published.note

    from published
    cross join {{ ref('delivery_nature') }} as nature
    inner join {{ ref('printed_numbers') }} as printed
        on published.paper = printed.paper
        and published.location = printed.location
        and published.group_name = printed.group_name
        and published.quantity = printed.quantity
    left join ours
        on published.paper = ours.paper
        and published.location = ours.location
        and published.group_name = ours.group_name
        and published.quantity = ours.quantity
    left join contradictions
        on published.paper = contradictions.paper
        and published.location = contradictions.location
        and published.group_name = contradictions.group_name
        and published.quantity = contradictions.quantity
    left join recomputations
        on published.paper = recomputations.paper
        and published.location = recomputations.location
        and published.group_name = recomputations.group_name
        and published.quantity = recomputations.quantity
    left join compatibilities
        on published.paper = compatibilities.paper
        and published.location = compatibilities.location
        and published.group_name = compatibilities.group_name
        and published.quantity = compatibilities.quantity

)

select
    paper,
    location,
    group_name,
    quantity,
    published,
    published_value,
    ours,
    ours_value,
    concat_ws(
        '; ',
        'print: ' || coalesce(
            contradiction_definition,
            recomputation_definition,
            compatibility_definition
        ),
        'ours: ' || coalesce(
            our_definition, 'no estimate is mapped to this number'
        )
    ) as definition,
    verdict,
    analysis_id,
    case
        when not is_real or ours is null
        then null
        when ours_value is null or published_value is null
        then lower(published) = lower(ours)
        else ours_value >= coalesce(printed_low, ours_value)
            and ours_value <= coalesce(printed_high, ours_value)
    end as within_rounding,
    nullif(
        concat_ws(
            '; ',
            note,
            value_note,
            'contradicts print: ' || explanations,
            case
                when explanations is null
                then coalesce(
                    'recomputed from print: ' || recomputation,
                    'only compatible with print: ' || compatibility
                )
            end
        ),
        ''
    ) as note

from side_by_side
