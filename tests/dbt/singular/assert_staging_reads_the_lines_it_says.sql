-- file_accounting promises which lines of a site's own file are read; a line that no
-- table has although it is promised would be lost without a trace. Of SDTM, one row of
-- the template may be made of several lines or of other files, so it is left out.

with

lines as (

    {% for table in site_tables() -%}
    select
        source,
        file_name,
        line_number
    from {{ ref('stg_site__' ~ table) }}
    {{ 'union' if not loop.last }}

    {% endfor %}

),

staged as (

    select
        source,
        file_name,
        count(*) as n_staged
    from lines
    group by source, file_name

),

mapped as (

    select
        source,
        file_name
    from {{ ref('delivered_files') }}
    where layout = 'mapped'
    group by source, file_name

)

select
    files.source,
    files.file_name,
    files.n_read,
    staged.n_staged

from {{ ref('file_accounting') }} as files
inner join mapped
    on files.source = mapped.source and files.file_name = mapped.file_name
left join staged
    on files.source = staged.source and files.file_name = staged.file_name
where files.n_read <> coalesce(staged.n_staged, 0)
