{#-
    An incremental build (`counterarm build`) starts from a copy of the published file. A
    node is built if one of its inputs changed, or the rows of a table that it reads. A
    node whose rows are unchanged after it was built does not cause others to be built.
    Without a plan, as in a plain `dbt build`, these macros have no effect.
-#}
{% macro is_part() -%}
    {{ return(env_var('COUNTERARM_BUILD_FROM', '') != '') }}
{%- endmacro %}


{#-
    What must be built of the current node: none for nothing, a list of analyses where
    only their rows must be, an empty list for everything.
-#}
{% macro to_be_built() -%}
    {%- set wanted -%}
        select distinct planned.must_build, planned.by_analysis, changes.analysis_id
        from quality.build_plan as planned
        left join quality.build_changes as changes
            on list_contains(planned.data_parents, changes.node_name)
        where planned.node_name = '{{ model.unique_id }}'
            and (planned.must_build or changes.node_name is not null)
        order by all
    {%- endset -%}
    {%- set analyses = [] -%}
    {%- set is_whole = [] -%}
    {%- set rows = run_query(wanted).rows -%}
    {%- for row in rows -%}
        {%- if row[0] or not row[1] or row[2].startswith('*') -%}
            {%- do is_whole.append(true) -%}
        {%- else -%}
            {%- do analyses.append(row[2]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none if not rows else [] if is_whole else analyses) }}
{%- endmacro %}


{#-
    The columns of a table, each as name and type. dbt's macro for this begins a
    transaction, which does not see what a Python model writes and is never ended.
-#}
{% macro columns_of(relation) -%}
    {%- set wanted -%}
        select column_name || ' ' || data_type from duckdb_columns()
        where database_name = '{{ relation.database }}'
            and schema_name = '{{ relation.schema }}'
            and table_name = '{{ relation.identifier }}'
        order by column_index
    {%- endset -%}
    {{ return(run_query(wanted).columns[0].values() | list) }}
{%- endmacro %}


{#- Whether columns, as `columns_of` gives them, name analyses. -#}
{% macro have_analyses(columns) -%}
    {{ return('analysis_id VARCHAR' in columns) }}
{%- endmacro %}


{#- A list of analyses as SQL has it. -#}
{% macro listed(analyses) -%}
    {%- for one in analyses -%}
        '{{ one | replace("'", "''") }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#-
    The code of a node as it reads the rows of some analyses alone: for each table that
    it reads and that has analyses, a view of these rows in a schema for the node.
-#}
{% macro code_for(analyses, schema) -%}
    {%- do run_query('create schema if not exists ' ~ schema) -%}
    {%- set code = namespace(text=compiled_code) -%}
    {%- for parent in model.depends_on.nodes if parent in graph.nodes -%}
        {%- set node = graph.nodes[parent] -%}
        {%- set table = api.Relation.create(
            database=target.database, schema=node.schema, identifier=node.alias
        ) -%}
        {%- if have_analyses(columns_of(table)) -%}
            {%- set view = api.Relation.create(
                database=target.database, schema=schema, identifier=node.alias
            ) -%}
            {%- do run_query(
                'create or replace view ' ~ view ~ ' as select * from ' ~ table
                ~ ' where analysis_id in (' ~ listed(analyses) ~ ')'
            ) -%}
            {%- set old, new = table | string, view | string -%}
            {#- in Python the names are within strings -#}
            {%- set code.text = code.text | replace(old, new) | replace(
                old | replace('"', '\\"'), new | replace('"', '\\"')
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(code.text) }}
{%- endmacro %}


{#-
    Whether a table has the columns of another, and rows of the given analyses only, so
    that its rows can replace those of the other.
-#}
{% macro fits(fresh, existing, analyses) -%}
    {%- if columns_of(fresh) != columns_of(existing) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set others = run_query(
        'select count(*) from ' ~ fresh ~ ' where analysis_id is null '
        ~ 'or analysis_id not in (' ~ listed(analyses) ~ ')'
    ).rows[0][0] -%}
    {{ return(others == 0) }}
{%- endmacro %}


{#-
    The columns of a table whose values DuckDB's hash may not tell apart: it is the same
    for [[1], [2]] and [[1, 2]], for [] and null, for 0.0 and -0.0, for 30 days and a
    month. Their text is not.
-#}
{% macro columns_hashed_as_text(relation) -%}
    {%- set wanted -%}
        select column_name from duckdb_columns()
        where database_name = '{{ relation.database }}'
            and schema_name = '{{ relation.schema }}'
            and table_name = '{{ relation.identifier }}'
            and not regexp_matches(
                data_type, '^(VARCHAR|BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|DATE|'
                || 'TIMESTAMP|DECIMAL\([0-9,]*\))$'
            )
        order by column_index
    {%- endset -%}
    {{ return(run_query(wanted).columns[0].values() | list) }}
{%- endmacro %}


{#-
    What a table holds, as a select: a row of its columns, and one for each analysis, or
    for a table without analysis_id one of all its rows, with their number and the sum
    of their digests.
-#}
{% macro contents(relation) -%}
    {%- set columns = columns_of(relation) -%}
    {%- set id = "coalesce(analysis_id, '*')" if have_analyses(columns) else "'*'" -%}
    {%- set digested = ['held'] -%}
    {%- for name in columns_hashed_as_text(relation) -%}
        {%- do digested.append('cast(held.' ~ adapter.quote(name) ~ ' as varchar)') -%}
    {%- endfor -%}
    select
        '* columns' as analysis_id,
        '{{ columns | join(', ') | replace("'", "''") }}' as digest
    union all
    select
        {{ id }},
        count(*) || ' rows ' || sum(cast(hash({{ digested | join(', ') }}) as hugeint))
    from {{ relation }} as held
    group by 1
{%- endmacro %}


{#- The contents of the table of a node before it is built, as values; none without. -#}
{% macro contents_before() -%}
    {%- set values = ["('* no table', '')"] -%}
    {%- if load_cached_relation(this) -%}
        {%- for row in run_query(contents(this)).rows -%}
            {%- do values.append(
                "('" ~ row[0] | replace("'", "''") ~ "', '"
                ~ row[1] | replace("'", "''") ~ "')"
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(values) }}
{%- endmacro %}


{#-
    Record that the node was built, and for which analyses its rows changed: `*` for a
    table that has none, `* columns` where its columns changed.
-#}
{% macro note_changes(before) -%}
    {%- do run_query(
        "insert into quality.node_builds values ('" ~ model.unique_id ~ "', '"
        ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S') ~ "')"
    ) -%}
    {%- do run_query(
        "insert into quality.build_changes select '" ~ model.unique_id ~ "', "
        ~ "coalesce(now.analysis_id, was.analysis_id) from (" ~ contents(this)
        ~ ") as now full join (values " ~ before | join(', ')
        ~ ") as was (analysis_id, digest) on now.analysis_id = was.analysis_id "
        ~ "where now.digest is distinct from was.digest "
        ~ "and coalesce(now.analysis_id, was.analysis_id) <> '* no table'"
    ) -%}
{%- endmacro %}


{#-
    A table as dbt-duckdb builds it, without the options that the project does not use.
    It cannot call the original: dbt runs a Python model in the outermost
    materialization only.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set analyses = to_be_built() if is_part() else [] -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- if analyses is none -%}
        {%- call noop_statement('main', 'UNCHANGED', 'UNCHANGED', 0) -%}
            -- nothing that it is made from changed
        {%- endcall -%}
        {{ return({'relations': [target_relation]}) }}
    {%- endif -%}
    {%- set language = model['language'] -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set fresh = make_intermediate_relation(target_relation) -%}
    {%- set backup = make_backup_relation(target_relation, 'table') -%}
    {%- do drop_relation_if_exists(load_cached_relation(fresh)) -%}
    {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}
    {%- set before = contents_before() if is_part() else [] -%}
    {%- set is_merged = false -%}

    {%- if analyses and existing is not none -%}
        {%- set schema = 'part_' ~ model.name -%}
        {%- set code = code_for(analyses, schema) -%}
        {%- call statement('main', language=language) -%}
            {{- create_table_as(False, fresh, code, language) }}
        {%- endcall -%}
        {{ adapter.commit() }}
        {%- set is_merged = fits(fresh, existing, analyses) -%}
        {%- if is_merged -%}
            {%- call statement('merge') -%}
                delete from {{ existing }}
                where analysis_id in ({{ listed(analyses) }});
                insert into {{ existing }} by name select * from {{ fresh }};
            {%- endcall -%}
        {%- endif -%}
        {%- call statement('drop_parts') -%}
            drop table {{ fresh }};
            drop schema {{ schema }} cascade;
        {%- endcall -%}
        {{ adapter.commit() }}
    {%- endif -%}

    {%- if not is_merged -%}
        {%- call statement('main', language=language) -%}
            {{- create_table_as(False, fresh, compiled_code, language) }}
        {%- endcall -%}
        {%- if existing is not none -%}
            {%- do adapter.rename_relation(existing, backup) -%}
        {%- endif -%}
        {%- do adapter.rename_relation(fresh, target_relation) -%}
        {%- do persist_docs(target_relation, model) -%}
        {{ adapter.commit() }}
        {%- do drop_relation_if_exists(backup) -%}
    {%- endif -%}

    {%- if is_part() -%}
        {%- do note_changes(before) -%}
    {%- endif -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% materialization seed, adapter='duckdb' %}
    {%- if not is_part() -%}
        {{ return(dbt.materialization_seed_default()) }}
    {%- endif -%}
    {%- set before = contents_before() -%}
    {%- set built = dbt.materialization_seed_default() -%}
    {%- do note_changes(before) -%}
    {{ return(built) }}
{% endmaterialization %}


{#- A test of tables that did not change passed when they were built. -#}
{% materialization test, adapter='duckdb' %}
    {%- if is_part() and to_be_built() is none -%}
        {%- call statement('main', fetch_result=True) -%}
            select 0 as failures, false as should_warn, false as should_error
        {%- endcall -%}
        {{ return({'relations': []}) }}
    {%- endif -%}
    {{ return(dbt.materialization_test_default()) }}
{% endmaterialization %}
