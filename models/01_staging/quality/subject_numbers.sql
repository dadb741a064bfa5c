-- The table of subjects is PRO-ACT's DEMOGRAPHICS, or a site's subjects.

with

numbers as (

    {% for kind, table, model in staged_tables() -%}
    select
        source,
        '{{ table }}' as table_name,
        file_name,
        subject_id,
        min(line_number) as line_number,
        count(*) as n_rows
    from ({{ staged_kept(model) }})
    where subject_id is not null
    group by source, file_name, subject_id
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

subjects as (

    select distinct
        source,
        subject_id
    from numbers
    where table_name in ('demographics', 'subjects')

)

select
    numbers.source,
    numbers.table_name,
    numbers.file_name,
    numbers.subject_id,
    numbers.line_number,
    numbers.n_rows,
    subjects.subject_id is not null as is_known

from numbers
left join subjects
    on numbers.source = subjects.source
    and numbers.subject_id = subjects.subject_id
