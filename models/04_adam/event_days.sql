-- Of several deaths the latest day counts, of several procedures the first. A death
-- without a day has no row here: time to event cannot use it, and quality.flags lists
-- it.

with

deaths as (

    select
        usubjid,
        dsdecod as event,
        dsstdy as ady,
        'DS' as srcdom,
        'DSSTDY' as srcvar,
        dsseq as srcseq,
        row_number() over (
            partition by usubjid order by dsstdy desc, dsseq desc
        ) as event_rank

    from {{ ref('ds') }}
    where dsdecod = 'DEATH' and dsstdy is not null

),

procedures as (

    select
        usubjid,
        prdecod as event,
        prstdy as ady,
        'PR' as srcdom,
        'PRSTDY' as srcvar,
        prseq as srcseq,
        row_number() over (
            partition by usubjid, prdecod order by prstdy, prseq
        ) as event_rank

    from {{ ref('pr') }}
    where prstdy is not null

),

first_of_kind as (

    select * from deaths
    where event_rank = 1

    union all

    select * from procedures
    where event_rank = 1

)

select
    usubjid,
    event,
    ady,
    srcdom,
    srcvar,
    srcseq

from first_of_kind
