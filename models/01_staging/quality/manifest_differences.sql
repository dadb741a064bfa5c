-- Bytes are compared for every file; rows only for files that are read line by line,
-- which alone have a count.

with

listed as (

    select
        files.*,
        lines.n_lines,
        (files.source, files.file_name) in (
            -- of a workbook its sheets are read: book.xlsx#Sheet
            select
                (
                    source,
                    regexp_replace(file_name, '([.]xls[xm])#.*', '\1', 'i')
                )
            from {{ ref('delivered_files') }}
            where table_name is not null and file_name is not null
        ) as is_read

    from {{ ref('listed_files') }} as files
    left join {{ ref('file_accounting') }} as lines
        on files.source = lines.source and files.file_name = lines.file_name

),

differences as (

    select
        source,
        file_name,
        line_number,
        'missing' as difference,
        'listed' as listed,
        'not delivered' as found
    from listed
    where not is_there

    union all

    select
        source,
        file_name,
        line_number,
        'rows' as difference,
        cast(listed_rows as varchar) as listed,
        cast(n_lines as varchar) as found
    from listed
    where is_there and listed_rows <> n_lines

    union all

    select
        source,
        file_name,
        line_number,
        'bytes' as difference,
        listed_sha256 as listed,
        found_sha256 as found
    from listed
    where is_there and listed_sha256 <> found_sha256

    union all

    select
        source,
        file_name,
        line_number,
        case when is_read then 'not listed' else 'not listed and not read' end
            as difference,
        'not listed' as listed,
        'delivered' as found
    from listed
    where line_number is null

)

select
    source,
    file_name,
    line_number,
    difference,
    listed,
    found

from differences
