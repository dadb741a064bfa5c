-- One row per subject and adverse event (ADaMIG 1.3, OCCDS).
--
-- TRTEMFL: Y when the event starts on or after day 1 and, where the last dose is known,
-- at most 30 days after it. An event without a start day counts as treatment-emergent,
-- the worst case, and ASTDYF is M.

select
    ae.studyid,
    ae.usubjid,
    ae.aeseq,
    adsl.trt01a as trta,
    ae.aeterm,
    ae.aedecod,
    ae.aebodsys,
    ae.aesev as asev,
    case ae.aesev when 'MILD' then 1 when 'MODERATE' then 2 when 'SEVERE' then 3 end
        as asevn,
    ae.aeser,
    ae.aerel,
    ae.aeout,
    ae.aestdtc,
    ae.aeendtc,
    ae.aestdy as astdy,
    ae.aeendy as aendy,
    case when ae.aestdy is null then 'M' end as astdyf,
    case
        when ae.aestdy is null then 'Y'
        when ae.aestdy >= 1
            and (adsl.trtedy is null or ae.aestdy <= adsl.trtedy + 30)
        then 'Y'
    end as trtemfl,
    'AE' as srcdom,
    'AESEQ' as srcvar,
    ae.aeseq as srcseq

from {{ ref('ae') }} as ae
inner join {{ ref('adsl') }} as adsl on ae.usubjid = adsl.usubjid
