{#-
    The studies that site_roles.csv calls registries, for a query while a model is
    compiled: nobody there need be dosed, and days count from the enrolment. The seed is
    stored by then, as delivered_files, which every layer comes after, depends on it;
    were it named here, each unit test of a model with days would have to give it.
-#}
{% macro registry_studies() -%}
    {%- set studies = [] -%}
    {%- if execute -%}
        {%- set roles = api.Relation.create(
            database=target.database, schema='seeds', identifier='site_roles'
        ) -%}
        {%- set wanted -%}
            select upper(trim(site)) from {{ roles }}
            where role = 'registry' order by 1
        {%- endset -%}
        {%- set studies = run_query(wanted).columns[0].values() | list -%}
    {%- endif -%}
    {{ return(studies) }}
{%- endmacro %}


{#- Whether the study of a row is a registry. -#}
{% macro is_registry(study='studyid') -%}
    {%- set studies = registry_studies() -%}
    {%- if studies -%}
        ({{ study }} in ('{{ studies | join("', '") }}'))
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}
