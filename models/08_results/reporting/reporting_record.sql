-- One row per delivered main analysis and item of a reporting guideline: what the
-- tables answer, and what is left to write by hand.
--
-- filled: every table that the item names has rows about the analysis, and nothing is
-- left by hand. partly: some answer is there. by hand: no table is named, or none has
-- rows. It records where the evidence is, not a judgement.

with

items as (

    select * from {{ ref('reporting_items') }}

),

named as (

    select
        guideline,
        item,
        unnest(string_split(evidence_tables, '|')) as evidence_table

    from items

),

evidence as (

    select
        named.guideline,
        named.item,
        counts.analysis_id,
        count(*) as n_tables,
        count(*) filter (where counts.n_rows > 0) as n_filled,
        string_agg(
            case when counts.n_rows > 0 then named.evidence_table end,
            ', ' order by named.evidence_table
        ) as evidence_table

    from named
    inner join {{ ref('evidence_counts') }} as counts
        on named.evidence_table = counts.evidence_table
    group by named.guideline, named.item, counts.analysis_id

)

select
    summary.analysis_id,
    items.guideline,
    items.position,
    items.item,
    items.label,
    case
        when coalesce(evidence.n_filled, 0) = 0 then 'by hand'
        when evidence.n_filled < evidence.n_tables or items.by_hand is not null
        then 'partly'
        else 'filled'
    end as status,
    case when evidence.n_filled > 0 then items.answer end as answer,
    case
        when coalesce(evidence.n_filled, 0) = 0
        then coalesce(items.by_hand, items.label)
        else items.by_hand
    end as by_hand,
    evidence.evidence_table,
    items.source

from {{ ref('analysis_summary') }} as summary
cross join items
left join evidence
    on summary.analysis_id = evidence.analysis_id
    and items.guideline = evidence.guideline
    and items.item = evidence.item
where summary.based_on is null and summary.is_delivered
