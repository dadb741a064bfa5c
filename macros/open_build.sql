{#-
    Start of a run: note whether it gives everything, and if so begin from nothing, or
    from the published file.

    Only a `dbt build` of every model, seed and data test may be published, and only a
    file that held nothing before it can hold nothing left over from another version.
    Unit tests test code, not data: a build may leave them out, as `counterarm build`
    does. Where they run and one fails, dbt skips what follows, the publication too.

    `counterarm build` begins with a copy of the published file where a plan says what
    has changed since: what the plan takes over is not left out.
-#}
{% macro open_build() -%}
    {%- if execute -%}
        {%- set nodes = [] -%}
        {%- for node in graph.nodes.values()
            if node.resource_type in ('model', 'seed', 'test') -%}
            {%- do nodes.append(node) -%}
        {%- endfor -%}
        {%- if is_part() -%}
            {%- do load_plan() -%}
            {%- set taken_over = run_query(
                'select node_name from quality.build_plan where not is_selected'
            ).columns[0].values() -%}
        {%- else -%}
            {%- set taken_over = [] -%}
        {%- endif -%}
        {%- set left_out = [] -%}
        {%- set n_taken_over = [] -%}
        {%- for node in nodes if node.unique_id not in selected_resources -%}
            {%- if node.unique_id in taken_over -%}
                {%- do n_taken_over.append(node.unique_id) -%}
            {%- else -%}
                {%- do left_out.append(node.unique_id) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set is_full = flags.WHICH == 'build' and not left_out -%}
        {%- if is_full and not is_part() -%}
            {%- do drop_all_tables() -%}
        {%- endif -%}
        {%- do run_query('create schema if not exists quality') -%}
        {%- do build_table(
            'build_scope',
            'select ' ~ is_full ~ ' as is_full, cast(' ~ left_out | length
            ~ ' as bigint) as n_left_out, cast(' ~ n_taken_over | length
            ~ ' as bigint) as n_taken_over'
        ) -%}
        {%- do record_build(nodes) -%}
    {%- endif -%}
{%- endmacro %}


{#- A build of everything begins from nothing. -#}
{% macro drop_all_tables() -%}
    {%- set tables -%}
        select table_schema, table_name from information_schema.tables
        where table_catalog = current_database()
        order by table_schema, table_name
    {%- endset -%}
    {%- for row in run_query(tables).rows -%}
        {%- set relation = adapter.get_relation(target.database, row[0], row[1]) -%}
        {%- if relation -%}
            {%- do adapter.drop_relation(relation) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- Make a table of what a run records about itself, described as its source is. -#}
{% macro build_table(name, query) -%}
    {%- do run_query('create or replace table quality.' ~ name ~ ' as ' ~ query) -%}
    {%- set described = graph.sources['source.counterarm.build.' ~ name] -%}
    {%- do run_query(
        'comment on table quality.' ~ name ~ " is '"
        ~ described.description | replace("'", "''") ~ "'"
    ) -%}
    {%- for column in described.columns.values() -%}
        {%- do run_query(
            'comment on column quality.' ~ name ~ '.' ~ column.name ~ " is '"
            ~ column.description | replace("'", "''") ~ "'"
        ) -%}
    {%- endfor -%}
{%- endmacro %}


{#- Load the plan of an incremental build, and clear the changes of the previous one. -#}
{% macro load_plan() -%}
    {%- set plan = env_var('COUNTERARM_BUILD_PLAN') | replace("'", "''") -%}
    {%- do build_table('build_plan', "from read_json('" ~ plan ~ "/plan.json', columns = "
        ~ "{node_name: 'varchar', is_selected: 'boolean', must_build: 'boolean', "
        ~ "by_analysis: 'boolean', because: 'varchar', data_parents: 'varchar[]'})") -%}
    {%- do build_table(
        'build_changes',
        'select cast(null as varchar) as node_name, '
        ~ 'cast(null as varchar) as analysis_id where false'
    ) -%}
{%- endmacro %}


{#-
    Record what the build is made from, as `counterarm build` found it, so that the next
    one can compare: inputs, nodes, and when each node was built.
-#}
{% macro record_build(nodes) -%}
    {%- set plan = env_var('COUNTERARM_BUILD_PLAN', '') -%}
    {%- if plan -%}
        {%- do build_table('build_inputs', "from read_json('"
            ~ plan | replace("'", "''") ~ "/inputs.json', columns = "
            ~ "{input_name: 'varchar', digest: 'varchar'})") -%}
        {%- set rows = [] -%}
        {%- for node in nodes -%}
            {%- set parents = [] -%}
            {%- for parent in node.depends_on.nodes | sort
                if parent.startswith(('model.', 'seed.')) -%}
                {%- do parents.append("'" ~ parent ~ "'") -%}
            {%- endfor -%}
            {%- set described = (node.file_key_name or node.name).split('.')[-1] -%}
            {%- do rows.append(
                "('" ~ node.unique_id ~ "', '" ~ node.resource_type ~ "', '"
                ~ node.original_file_path ~ "', '" ~ described ~ "', '" ~ node.schema
                ~ '.' ~ node.alias ~ "', cast([" ~ parents | join(', ')
                ~ '] as varchar[]))'
            ) -%}
        {%- endfor -%}
        {%- do build_table(
            'build_nodes',
            'from (values ' ~ rows | join(', ') ~ ') as nodes '
            ~ '(node_name, kind, file_name, entry, table_name, parents)'
        ) -%}
        {%- if is_part() -%}
            {%- do run_query(
                'create or replace table quality.node_builds as select node_name, '
                ~ 'max(built_at) as built_at from quality.node_builds '
                ~ 'where node_name in (select node_name from quality.build_nodes) '
                ~ 'group by node_name'
            ) -%}
        {%- endif -%}
        {%- do build_table(
            'node_builds',
            ('from quality.node_builds' if is_part() else
            "select node_name, cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S')
            ~ "' as timestamp) as built_at from quality.build_nodes "
            ~ "where kind <> 'test'")
        ) -%}
    {%- endif -%}
{%- endmacro %}
