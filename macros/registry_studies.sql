{#-
    The studies that site_roles.csv calls registries, for a query while a model is
    compiled: nobody there need be dosed, and days count from the enrolment.
-#}
{% macro registry_studies() -%}
    {%- set roles = seed_table('site_roles') -%}
    {%- set studies = [] -%}
    {%- if execute -%}
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
