-- TRTEMFL: Y when the event starts on or after day 1 and, where the last dose is known,
-- at most 30 days after it. An event without a start day counts as treatment-emergent,
-- the worst case, and ASTDYF is M. AOCCFL, AOCCSFL and AOCCPFL mark the first
-- treatment-emergent event of the subject, of the organ class and of the term within
-- it, events without a start day last; an uncoded event is never a first of its kind.

with

events as (

    select
        ae.*,
        adsl.trt01a,
        adsl.trt01an,
        adsl.saffl,
        {{ treatment_emergent('ae.aestdy', '1', 'adsl.trtedy', 30) }} as trtemfl

    from {{ ref('ae') }} as ae
    inner join {{ ref('adsl') }} as adsl on ae.usubjid = adsl.usubjid

),

timed as (

    select
        *,
        {{ duration_days(rel_day('aestdy'), rel_day('aeendy')) }} as adurn

    from events

)

select
    studyid,
    usubjid,
    aeseq,
    trt01a as trta,
    trt01an as trtan,
    saffl,
    aeterm,
    aellt,
    aedecod,
    aehlt,
    aehlgt,
    aebodsys,
    aesoc,
    aesev as asev,
    case aesev when 'MILD' then 1 when 'MODERATE' then 2 when 'SEVERE' then 3 end
        as asevn,
    aeser,
    aerel,
    aeout,
    aeshosp,
    cast(aestdtc as varchar) as aestdtc,
    cast(aeendtc as varchar) as aeendtc,
    try_cast(aestdtc as date) as astdt,
    try_cast(aeendtc as date) as aendt,
    aestdy as astdy,
    aeendy as aendy,
    case when aestdy is null then 'M' end as astdyf,
    adurn,
    case when adurn is not null then 'DAYS' end as aduru,
    trtemfl,
    {{ first_record_flag(
        ['usubjid'], ['aestdy nulls last', 'aeseq'], "trtemfl = 'Y'"
    ) }} as aoccfl,
    {{ first_record_flag(
        ['usubjid', 'aebodsys'],
        ['aestdy nulls last', 'aeseq'],
        "trtemfl = 'Y' and aebodsys is not null",
    ) }} as aoccsfl,
    {{ first_record_flag(
        ['usubjid', 'aebodsys', 'aedecod'],
        ['aestdy nulls last', 'aeseq'],
        "trtemfl = 'Y' and aedecod is not null",
    ) }} as aoccpfl,
    'AE' as srcdom,
    'AESEQ' as srcvar,
    aeseq as srcseq

from timed
