-- Every table that a reporting item names as evidence is counted, else the item would
-- be by hand for a misspelt name.

with

named as (

    select
        guideline,
        item,
        unnest(string_split(evidence_tables, '|')) as evidence_table

    from {{ ref('reporting_items') }}

)

select named.*
from named
where
    named.evidence_table not in (
        select counts.evidence_table from {{ ref('evidence_counts') }} as counts
    )
    and exists (select 1 from {{ ref('evidence_counts') }})
