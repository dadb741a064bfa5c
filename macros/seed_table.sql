{#-
    The stored table of a seed, for a query while a model is compiled. What `ref` gives
    may be the mock of a unit test, which exists only inside that test's query.
-#}
{% macro seed_table(seed) -%}
    {%- do ref(seed) -%}
    {%- if execute -%}
        {{ return(api.Relation.create(
            database=target.database, schema='seeds', identifier=seed
        )) }}
    {%- endif -%}
{%- endmacro %}
