-- Every time to event can be followed back to a row that carries its day.

with

sources as (

    select usubjid, 'DS' as srcdom, 'DSSTDY' as srcvar, dsseq as srcseq, dsstdy as ady
    from {{ ref('ds') }}

    union all

    select usubjid, 'PR' as srcdom, 'PRSTDY' as srcvar, prseq as srcseq, prstdy as ady
    from {{ ref('pr') }}

    union all

    select usubjid, 'QS' as srcdom, 'QSDY' as srcvar, qsseq as srcseq, qsdy as ady
    from {{ ref('qs') }}

    union all

    select usubjid, 'ADQS' as srcdom, 'ADY' as srcvar, aseq as srcseq, ady
    from {{ ref('adqs') }}

)

select
    adtte.usubjid,
    adtte.paramcd,
    adtte.srcdom,
    adtte.srcvar,
    adtte.srcseq

from {{ ref('adtte') }} as adtte
left join sources
    on adtte.usubjid = sources.usubjid
    and adtte.srcdom = sources.srcdom
    and adtte.srcvar = sources.srcvar
    and adtte.srcseq = sources.srcseq
where adtte.ady is distinct from sources.ady
