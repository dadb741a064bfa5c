{#-
    Start of a run: note whether it builds everything, and if so begin from nothing.

    Only a `dbt build` of every model, seed and data test may be published, and only a
    file that held nothing before it can hold nothing left over from another version.
    Unit tests test code, not data: a build may leave them out, as `counterarm build`
    does. Where they run and one fails, dbt skips what follows, the publication too.
-#}
{% macro open_build() -%}
    {%- if execute -%}
        {%- set left_out = [] -%}
        {%- for node in graph.nodes.values()
            if node.resource_type in ('model', 'seed', 'test')
            and node.unique_id not in selected_resources -%}
            {%- do left_out.append(node.unique_id) -%}
        {%- endfor -%}
        {%- set is_full = flags.WHICH == 'build' and not left_out -%}
        {%- if is_full -%}
            {%- set tables -%}
                select table_schema, table_name from information_schema.tables
                where table_catalog = current_database()
                order by table_schema, table_name
            {%- endset -%}
            {%- for row in run_query(tables).rows -%}
                {%- set relation = adapter.get_relation(
                    target.database, row[0], row[1]
                ) -%}
                {%- if relation -%}
                    {%- do adapter.drop_relation(relation) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do run_query('create schema if not exists quality') -%}
        {%- do run_query(
            'create or replace table quality.build_scope as select '
            ~ is_full ~ ' as is_full, cast(' ~ left_out | length
            ~ ' as bigint) as n_left_out'
        ) -%}
        {%- do run_query(
            "comment on table quality.build_scope is "
            ~ "'One row: whether the run builds everything, and how much it leaves out.'"
        ) -%}
        {%- do run_query(
            "comment on column quality.build_scope.is_full is "
            ~ "'Whether every model, seed and data test is built.'"
        ) -%}
        {%- do run_query(
            "comment on column quality.build_scope.n_left_out is "
            ~ "'Models, seeds and data tests that the run leaves out.'"
        ) -%}
    {%- endif -%}
{%- endmacro %}
