{#-
    The lines of the files in a layout of their own, and whether some table takes them:
    source, file_name, line_number, is_read.
-#}
{% macro lines_read() -%}
    {%- set files = ref('delivered_files') -%}
    select
        cast(null as varchar) as source,
        cast(null as varchar) as file_name,
        cast(null as bigint) as line_number,
        cast(null as boolean) as is_read
    where false
    {%- if execute -%}
        {%- set readers -%}
            select distinct lines_reader from {{ files }}
            where lines_reader is not null
            order by lines_reader
        {%- endset -%}
        {%- for reader in run_query(readers).columns[0].values() %}
    union all by name
    select * from ({{ reader }})
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
