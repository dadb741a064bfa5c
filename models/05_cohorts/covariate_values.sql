-- Null where the value is not known. The variables that are always there have a row for
-- every analysis, the others for those that name them.

{%- set variables = variables_always() + variables_named() %}

select
    analysis_id,
    usubjid,
    arm,
    variable,
    value

from (
    select
        analysis_id,
        usubjid,
        arm,
        unnest(
            [
                {% for row in variables -%}
                '{{ row.variable }}'{{ ',' if not loop.last }}
                {% endfor %}
            ]
        ) as variable,
        unnest(
            [
                {% for row in variables -%}
                cast({{ row.variable }} as varchar){{ ',' if not loop.last }}
                {% endfor %}
            ]
        ) as value

    from {{ ref('covariates') }}
)
{%- if variables_named() %}
where variable in (
    select always.variable from {{ ref('variables') }} as always
    where always.computed = 'always'
)
or (analysis_id, variable) in (
    select (names.analysis_id, names.variable)
    from {{ ref('analysis_variables') }} as names
)
{%- endif %}
