-- A row that was rejected whole has no column.

-- depends_on: {{ ref('gate_analyses') }}

select
    source,
    table_name,
    column_name,
    'value' as what,
    reason,
    count(*) as n

from {{ ref('rejected_values') }}
group by source, table_name, column_name, reason

union all

select
    source,
    table_name,
    null as column_name,
    'row' as what,
    reason,
    count(*) as n

from {{ ref('rejected_rows') }}
group by source, table_name, reason
