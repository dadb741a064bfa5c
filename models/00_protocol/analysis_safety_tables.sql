-- The rows of seeds/protocol/safety_tables.csv, which are of no single analysis.

select * from {{ ref('safety_tables') }}
-- depends_on: {{ ref('protocol_checks') }}
