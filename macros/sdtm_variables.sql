{#-
    The variables of SDTM tables as the seed `sdtm_variables` lists them, in order; with
    `condition` those for which it holds.
-#}
{% macro sdtm_variables(condition='true') -%}
    {%- set seed = seed_table('sdtm_variables') -%}
    {%- set variables = [{'domain': 'dm', 'variable': 'studyid', 'codelist': none}] -%}
    {%- if execute -%}
        {%- set wanted -%}
            select domain, variable, codelist from {{ seed }}
            where {{ condition }}
            order by domain, position
        {%- endset -%}
        {%- set variables = [] -%}
        {%- for row in run_query(wanted).rows -%}
            {%- do variables.append({
                'domain': row[0], 'variable': row[1], 'codelist': row[2]
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(variables) }}
{%- endmacro %}

{#- The SDTM tables that hold records, for a test that reads them all. -#}
{% macro sdtm_tables() -%}
    {{ return([
        'ae', 'apmh', 'cm', 'dm', 'ds', 'ex', 'lb', 'mh', 'mk', 'pr', 'qs', 're',
        'suppae', 'suppdm', 'suppmh', 'suppmk', 'suppqs', 'ta', 'te', 'ti', 'ts', 'vs'
    ]) }}
{%- endmacro %}
