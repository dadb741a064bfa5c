{#-
    The lines of PRO-ACT whose subject's number is there and is no whole number: source,
    table_name, file_name, line_number, delivered_number. Only files that have lines
    without a usable number are read again.
-#}
{% macro rejected_numbers() -%}
    {%- set rejected = ref('rejected_rows') -%}
    {%- do ref('delivered_files') -%}
    select
        cast(null as varchar) as source,
        cast(null as varchar) as table_name,
        cast(null as varchar) as file_name,
        cast(null as bigint) as line_number,
        cast(null as varchar) as delivered_number
    where false
    {%- if execute -%}
        {%- set wanted -%}
            select distinct table_name from {{ rejected }}
            where source = 'proact' and reason = 'no usable subject_id'
            order by table_name
        {%- endset -%}
        {%- for table in run_query(wanted).columns[0].values() %}
    union all by name
    select
        source,
        '{{ table }}' as table_name,
        file_name,
        line_number,
        trim(subject_id) as delivered_number
    from ({{ delivered('proact', table) }})
    where trim(subject_id) <> '' and {{ typed('subject_id', 'id') }} is null
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
