-- One row per raw line that cannot be used at all, with the line as delivered.

{% for kind, table, model in staged_tables() -%}
select
    source,
    '{{ table }}' as table_name,
    file_name,
    {{ 'line_number' if kind == 'site' else 'row_number' }} as row_number,
    raw_row,
    row_reason as reason
from {{ ref(model) }}
where row_status = 'rejected'
{{ 'union all' if not loop.last }}

{% endfor %}
