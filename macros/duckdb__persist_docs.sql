{#-
    Stores the descriptions of a table and its columns, all in one statement.

    In place of dbt's, which asks twice for the columns that there are: two queries a
    table, more than many a table takes to build. A described column that is not there
    is an error.
-#}
{% macro duckdb__persist_docs(relation, model, for_relation=true, for_columns=true) -%}
    {%- set comments = [] -%}
    {%- if for_relation and config.persist_relation_docs() and model.description -%}
        {%- do comments.append(alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- if for_columns and config.persist_column_docs() -%}
        {%- for name, column in model.columns.items() -%}
            {%- set written = adapter.quote(name) if column.quote else name -%}
            {%- do comments.append(
                'comment on column ' ~ relation ~ '.' ~ written ~ ' is '
                ~ duckdb_escape_comment(column.description) ~ ';'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if comments -%}
        {%- call statement('persist_docs') -%}
            {{ comments | join('\n') }}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}
