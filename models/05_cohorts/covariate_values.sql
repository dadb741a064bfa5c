-- One row per analysis, candidate and variable, as text: the form in which a condition
-- of the protocol can name any of them. Null where it is not known.

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
        {% for variable in protocol_variables() -%}
        cast({{ variable }} as varchar) as {{ variable }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('covariates') }}
)
unpivot include nulls (
    value for variable in ({{ protocol_variables() | join(', ') }})
)
