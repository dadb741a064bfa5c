{#-
    The query that reads a delivered table as text, all sources of a kind together.

    Which file it is, and how it is read, stands in `delivered_files`.
-#}
{% macro delivered(source_kind, table_name) -%}
    {%- set files = ref('delivered_files') -%}
    {%- if execute -%}
        {%- set readers -%}
            select reader from {{ files }}
            where source_kind = '{{ source_kind }}' and table_name = '{{ table_name }}'
            order by source
        {%- endset -%}
        {{ run_query(readers).columns[0].values() | join('\nunion all by name\n') }}
    {%- endif -%}
{%- endmacro %}
