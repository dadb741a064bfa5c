-- Total = sum of the twelve items when all are there, else the reported total. Of
-- several different assessments on one day the one with most items is used, then the
-- last in file order; the others are kept, is_used false.

with

assessments as (

    select
        *,
        {{ alsfrs_items() | join(' + ') }} as item_sum,
        case when reported_total between 0 and 48 then reported_total end
            as usable_total

    from {{ ref('assessments') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by usubjid, rel_day order by n_items desc, file_row desc
        ) as day_rank,
        count(*) over (partition by usubjid, rel_day) as n_on_day

    from assessments

)

select
    ranked.usubjid,
    ranked.qsspid,
    case when ranked.is_revised then 'ALSFRS-R' else 'ALSFRS' end as scale,
    ranked.rel_day,
    coalesce(ranked.item_sum, ranked.usable_total) as total,
    case
        when ranked.item_sum is not null then 'items'
        when ranked.usable_total is not null then 'reported'
    end as total_source,
    ranked.reported_total,
    ranked.reported_total_original,
    domains.bulbar,
    domains.fine_motor,
    domains.gross_motor,
    domains.respiratory,
    ft9.ft9_stage,
    kings.kings_stage,
    mitos.mitos_stage,
    ranked.n_items,
    ranked.n_items_out_of_range,
    ranked.has_gastrostomy,
    ranked.n_items = 12 as is_complete,
    ranked.rel_day is not null and ranked.day_rank = 1 as is_used,
    ranked.rel_day is not null and ranked.n_on_day > 1 as is_one_of_several_on_day,
    ranked.item_sum <> ranked.reported_total as is_total_in_conflict,
    ranked.has_both_forms_of_item_5

from ranked
inner join {{ ref('domain_scores') }} as domains
    on ranked.usubjid = domains.usubjid and ranked.qsspid = domains.qsspid
inner join {{ ref('ft9_stages') }} as ft9
    on ranked.usubjid = ft9.usubjid and ranked.qsspid = ft9.qsspid
inner join {{ ref('kings_stages') }} as kings
    on ranked.usubjid = kings.usubjid and ranked.qsspid = kings.qsspid
inner join {{ ref('mitos_stages') }} as mitos
    on ranked.usubjid = mitos.usubjid and ranked.qsspid = mitos.qsspid
