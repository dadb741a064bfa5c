-- An item outside 0 to 4 is not a score: it is null here and counted. The form of item
-- 5 that was used shows whether there is a gastrostomy; both or neither leave it
-- unknown.

with

findings as (

    select
        usubjid,
        qsspid,
        qstestcd,
        {{ rel_day('qsdy') }} as rel_day,
        qscat,
        qsstresn as score,
        qsdrvfl is null as is_delivered,
        qstestcd in ('ALSR1TS', 'ALSO1TS')
            or qsstresn between 0 and 4 as is_in_range

    from {{ ref('qs') }}

),

scored as (

    select
        usubjid,
        qsspid,
        rel_day,
        qstestcd,
        qscat,
        is_in_range,
        is_delivered,
        case when is_in_range then score end as score

    from findings

),

side_by_side as (

    select
        usubjid,
        qsspid,
        rel_day,
        {% for item, code in alsfrs_items().items() -%}
        max(score) filter (where qstestcd = '{{ code }}') as {{ item }},
        {% endfor -%}
        max(score) filter (where qstestcd = 'ALSO110') as respiratory_original,
        max(score) filter (where qstestcd = 'ALSR1TS') as reported_total,
        max(score) filter (where qstestcd = 'ALSO1TS') as reported_total_original,
        bool_or(qscat = 'ALSFRS-R') as is_revised,
        bool_or(qstestcd = 'ALSR105A') as has_item_5a,
        bool_or(qstestcd = 'ALSR105B') as has_item_5b,
        count(*) filter (where not is_in_range and is_delivered)
            as n_items_out_of_range

    from scored
    group by usubjid, qsspid, rel_day

),

counted as (

    select
        *,
        {% for item in alsfrs_items() -%}
        cast({{ item }} is not null as bigint){{ ' +' if not loop.last }}
        {% endfor -%}
        as n_items

    from side_by_side

)

select
    usubjid,
    qsspid,
    rel_day,
    cast(split_part(qsspid, '-', 2) as bigint) as file_row,
    {% for item in alsfrs_items() -%}
    {{ item }},
    {% endfor -%}
    respiratory_original,
    reported_total,
    reported_total_original,
    n_items,
    n_items_out_of_range,
    is_revised,
    case
        when has_item_5b and not has_item_5a then true
        when has_item_5a and not has_item_5b then false
    end as has_gastrostomy,
    has_item_5a and has_item_5b as has_both_forms_of_item_5

from counted
