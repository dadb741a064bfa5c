{#-
    How dbt loads a seed: by DuckDB's COPY, with nothing left to be guessed.

    A row may end before the last columns, which are then empty: columns that a seed
    gained later are its last, so that rows written for an earlier version are read.
-#}
{% macro duckdb__load_csv_rows(model, agate_table) %}
    {% set path = adapter.get_seed_file_path(model) | replace("'", "''") %}
    {% set sql %}
        copy {{ this.render() }} from '{{ path }}' (
            format csv, header true, delimiter ',', quote '"', escape '"',
            auto_detect false, null_padding true, parallel false
        )
    {% endset %}
    {% do adapter.add_query(sql, abridge_sql_log=True) %}
    {{ return(sql) }}
{% endmacro %}
