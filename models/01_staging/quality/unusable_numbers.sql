-- One row per line of PRO-ACT whose subject's number is there and is no whole number.
--
-- Such a line is rejected, with the line as a whole; here the number stands by itself,
-- so that 16415.0 or 1.6415E4 can be compared with the numbers of the subjects. Only
-- files with such lines are read again.

{%- set tables = [] -%}
{%- set rejected = ref('rejected_rows') -%}
{%- if execute -%}
    {%- set wanted -%}
        select distinct table_name from {{ rejected }}
        where source = 'proact' and reason = 'no usable subject_id'
        order by table_name
    {%- endset -%}
    {%- do tables.extend(run_query(wanted).columns[0].values()) -%}
{%- endif %}

{% for table in proact_tables() if table in tables -%}
select
    source,
    '{{ table }}' as table_name,
    file_name,
    row_number,
    trim(subject_id) as delivered_number
from ({{ delivered('proact', table) }})
where trim(subject_id) <> '' and {{ typed('subject_id', 'id') }} is null
union all

{% endfor -%}
select
    cast(null as varchar) as source,
    cast(null as varchar) as table_name,
    cast(null as varchar) as file_name,
    cast(null as bigint) as row_number,
    cast(null as varchar) as delivered_number
where false
