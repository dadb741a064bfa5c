-- One row per analysis, candidate and variable, as text: the form in which a condition
-- of the protocol can name any of them. Null where it is not known.

select
    analysis_id,
    usubjid,
    arm,
    unnest(['{{ protocol_variables() | join("', '") }}']) as variable,
    unnest(
        [
            {% for variable in protocol_variables() -%}
            cast({{ variable }} as varchar){{ ',' if not loop.last }}
            {% endfor %}
        ]
    ) as value

from {{ ref('covariates') }}
