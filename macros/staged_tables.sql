{#- The tables of a PRO-ACT delivery, as the staged models are named. -#}
{% macro proact_tables() -%}
    {{ return([
        'adverseevents',
        'alsfrs',
        'alshistory',
        'conmeds',
        'deathdata',
        'demographics',
        'elescorial',
        'familyhistory',
        'fvc',
        'handgripstrength',
        'labs',
        'musclestrength',
        'neurofilament',
        'riluzole',
        'svc',
        'treatment',
        'vitalsigns',
    ]) }}
{%- endmacro %}

{#- The tables of a site's delivery, as the staged models are named. -#}
{% macro site_tables() -%}
    {{ return([
        'adverse_events',
        'doses',
        'events',
        'measurements',
        'medications',
        'subjects',
        'visits',
    ]) }}
{%- endmacro %}

{#- Every staged model: its kind of source, its table and its name. -#}
{% macro staged_tables() -%}
    {%- set staged = [] -%}
    {%- for table in proact_tables() -%}
        {%- do staged.append(('proact', table, 'stg_proact__' ~ table)) -%}
    {%- endfor -%}
    {%- for table in site_tables() -%}
        {%- do staged.append(('site', table, 'stg_site__' ~ table)) -%}
    {%- endfor -%}
    {{ return(staged) }}
{%- endmacro %}
