-- depends_on: {{ ref('gate_analyses') }}

select
    analysis_id,
    row_number() over (
        partition by analysis_id order by difference, md5(pair_id), pair_id
    ) as place,
    difference,
    response

from {{ ref('response') }}
where difference is not null
