-- A score is not known where one of its components is not: this says which, of how many
-- candidates, and for how many a value was assumed. No row where no analysis names the
-- score.

{%- set named = variables_named() -%}
{%- set scores = named | selectattr('parameter', 'equalto', 'tricals') | list %}

{% if scores -%}
with

candidates as (

    select
        covariates.*,
        string_split(coalesce(covariates.assumed, ''), ', ') as assumed_here

    from {{ ref('covariates') }} as covariates
    inner join {{ ref('analysis_variables') }} as names
        on covariates.analysis_id = names.analysis_id
        and names.parameter = 'tricals'

),

components as (

    {% for name, term in tricals_components().items() -%}
    select
        analysis_id,
        arm,
        '{{ name }}' as component,
        {{ term }} is not null as is_known,
        {% if name in ('definite ALS', 'frontotemporal dementia') -%}
        list_contains(
            assumed_here, '{{ 'ftd' if name.startswith('front') else 'el_escorial' }}'
        )
        {%- elif name == 'bulbar onset' -%}
        list_contains(assumed_here, 'onset_site')
        {%- else -%}
        false
        {%- endif %} as is_assumed

    from candidates
    {{ 'union all' if not loop.last }}

    {% endfor %}
)

select
    analysis_id,
    arm,
    'tricals' as score,
    component,
    count(*) as n,
    count(*) filter (where is_known) as n_known,
    count(*) filter (where is_assumed) as n_assumed

from components
group by analysis_id, arm, component
{%- else -%}
select
    analysis_id,
    arm,
    cast(null as varchar) as score,
    cast(null as varchar) as component,
    cast(null as bigint) as n,
    cast(null as bigint) as n_known,
    cast(null as bigint) as n_assumed

from {{ ref('covariates') }}
where false
{%- endif %}
-- depends_on: {{ ref('analysis_variables') }}
