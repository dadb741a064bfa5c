-- One row per gate and expectation of the build.

select * from {{ ref('gate_delivery') }}
union all
select * from {{ ref('gate_standard') }}
union all
select * from {{ ref('gate_analyses') }}
