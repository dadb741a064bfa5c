-- Null where the value is not known.

select
    analysis_id,
    usubjid,
    arm,
    unnest(['{{ seed_values('variables', 'variable') | join("', '") }}']) as variable,
    unnest(
        [
            {% for variable in seed_values('variables', 'variable') -%}
            cast({{ variable }} as varchar){{ ',' if not loop.last }}
            {% endfor %}
        ]
    ) as value

from {{ ref('covariates') }}
