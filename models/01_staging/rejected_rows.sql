-- The line is kept as delivered.

{% for kind, table, model in staged_tables() -%}
select
    source,
    '{{ table }}' as table_name,
    file_name,
    row_number,
    line_number,
    raw_row,
    split_part(row_reason, ': ', 1) as reason,
    nullif(split_part(row_reason, ': ', 2), '') as odd_text
from {{ ref(model) }}
where row_status = 'rejected'
{{ 'union all' if not loop.last }}

{% endfor %}
