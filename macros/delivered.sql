{#-
    The query that reads a delivered table as text, all sources of a kind together.

    Which file it is, and how it is read, stands in `delivered_files`. Where a site's
    own layout was turned into the template, value_problems is what could not be turned;
    it is null for other files.
-#}
{% macro delivered(source_kind, table_name) -%}
    {%- set files = ref('delivered_files') -%}
    {%- if execute -%}
        {%- set readers -%}
            select reader from {{ files }}
            where source_kind = '{{ source_kind }}' and table_name = '{{ table_name }}'
            order by source, file_name
        {%- endset -%}
        {%- if source_kind == 'site' -%}
select
    cast(null as struct(
        column_name varchar, raw_value varchar, reason varchar, site_column varchar,
        is_unmapped boolean
    )[]) as value_problems
where false
union all by name
        {% endif -%}
        {%- for reader in run_query(readers).columns[0].values() -%}
select * from ({{ reader }})
            {{- '\nunion all by name\n' if not loop.last }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
