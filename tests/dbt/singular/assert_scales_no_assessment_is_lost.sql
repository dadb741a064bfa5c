-- An assessment that a join drops would move the nearest one, and last follow-up with
-- it.

with

delivered as (

    select distinct
        usubjid,
        qsspid

    from {{ ref('qs') }}

),

staged as (

    select
        usubjid,
        qsspid

    from {{ ref('alsfrs_visits') }}

)

select
    coalesce(delivered.usubjid, staged.usubjid) as usubjid,
    coalesce(delivered.qsspid, staged.qsspid) as qsspid

from delivered
full join staged
    on delivered.usubjid = staged.usubjid and delivered.qsspid = staged.qsspid
where delivered.usubjid is null or staged.usubjid is null
