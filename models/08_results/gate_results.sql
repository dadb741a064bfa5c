{% for gate in ['delivery', 'standard', 'analyses'] -%}
select
    gate,
    suite,
    expectation,
    column_name,
    severity,
    success,
    observed,
    unexpected_count,
    message
from {{ ref('gate_' ~ gate) }}
{{ 'union all' if not loop.last }}

{% endfor %}
