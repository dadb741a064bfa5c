-- A measurement of a site is a row of RE, VS or LB, or in quarantine: a join that drops
-- or doubles one would leave no other trace. A derived row of RE is no measurement.

with

staged as (

    select
        upper(source) as studyid,
        count(*) as n_kept
    from {{ ref('stg_site__measurements') }}
    where row_status = 'kept'
    group by source

),

placed as (

    select studyid from {{ ref('re') }}
    where redrvfl is null and respid like 'MEASUREMENTS-%'

    union all

    select studyid from {{ ref('vs') }}
    where vsspid like 'MEASUREMENTS-%'

    union all

    select studyid from {{ ref('lb') }}
    where lbspid like 'MEASUREMENTS-%'

    union all

    select upper(source) as studyid from {{ ref('quarantined_findings') }}
    where table_name = 'measurements'

),

counts as (

    select
        studyid,
        count(*) as n_placed
    from placed
    group by studyid

)

select
    staged.studyid,
    staged.n_kept,
    counts.n_placed

from staged
full join counts on staged.studyid = counts.studyid
where coalesce(staged.n_kept, 0) <> coalesce(counts.n_placed, 0)
