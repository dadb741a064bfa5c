-- One row per analysis, candidate and variable, as text: the form in which a condition
-- of the protocol can name any of them. Null where it is not known.

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
