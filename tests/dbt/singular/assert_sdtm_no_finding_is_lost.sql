-- A line of a laboratory or strength file is in SDTM once, or in quarantine once: a
-- join that drops or doubles one would leave no other trace.

with

staged as (

    {% for table in [
        'labs', 'neurofilament', 'handgripstrength', 'musclestrength'
    ] -%}
    select
        '{{ table }}' as table_name,
        count(*) as n_kept
    from {{ ref('stg_proact__' ~ table) }}
    where row_status = 'kept'
    {{ 'union all' if not loop.last }}

    {% endfor %}

),

placed as (

    select
        lower(split_part(lbspid, '-', 1)) as table_name,
        cast(split_part(lbspid, '-', 2) as bigint) as row_number
    from {{ ref('lb') }}

    union all

    select
        lower(split_part(mkspid, '-', 1)) as table_name,
        cast(split_part(mkspid, '-', 2) as bigint) as row_number
    from {{ ref('mk') }}

    union all

    select
        table_name,
        row_number
    from {{ ref('quarantined_findings') }}

),

blocks as (

    select
        table_name,
        count(*) as n_placed,
        {{ distinct_in_block('row_number') }} as n_lines
    from placed
    group by table_name, {{ block_of('row_number') }}

),

counts as (

    select
        table_name,
        sum(n_placed) as n_placed,
        sum(n_lines) as n_lines
    from blocks
    group by table_name

)

select
    staged.table_name,
    staged.n_kept,
    counts.n_placed,
    counts.n_lines

from staged
left join counts on staged.table_name = counts.table_name
where staged.n_kept <> coalesce(counts.n_placed, 0)
    or staged.n_kept <> coalesce(counts.n_lines, 0)
