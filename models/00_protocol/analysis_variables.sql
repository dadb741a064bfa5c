-- What an analysis names in any of its rows, and what a formula that it names needs.
-- The variables that are always there have no row.

with

named as (

    {% for table in [
        'eligibility', 'matching_terms', 'groups', 'subgroups', 'model_terms',
        'regression_terms', 'response_predictors', 'pair_bounds', 'association_tests',
        'assumed_values'
    ] -%}
    select
        analysis_id,
        variable
    from {{ ref('analysis_' ~ table) }}

    union

    {% endfor -%}
    select
        analysis_id,
        column_variable as variable
    from {{ ref('analysis_association_tests') }}

),

inputs as (

    {% for formula, needed in covariate_formula_inputs().items() -%}
    select
        '{{ formula }}' as formula,
        unnest(['{{ needed | join("', '") }}']) as variable
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

wanted as (

    select
        analysis_id,
        variable
    from named

    union

    select
        named.analysis_id,
        inputs.variable

    from named
    inner join {{ ref('variables') }} as variables
        on named.variable = variables.variable and variables.source = 'formula'
    inner join inputs on variables.parameter = inputs.formula

)

select
    wanted.analysis_id,
    variables.variable,
    variables.kind,
    variables.source,
    variables.parameter,
    variables.field,
    variables.from_day,
    variables.to_day,
    variables.record

from wanted
inner join {{ ref('variables') }} as variables
    on wanted.variable = variables.variable
where variables.computed = 'named'
