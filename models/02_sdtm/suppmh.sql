-- One row per subject with a known onset site, a qualifier of the symptom onset of MH.

select
    mh.studyid,
    'MH' as rdomain,
    mh.usubjid,
    'MHSEQ' as idvar,
    cast(mh.mhseq as varchar) as idvarval,
    'ONSETLOC' as qnam,
    'Site of Symptom Onset' as qlabel,
    histories.onset_site as qval,
    'CRF' as qorig,
    cast(null as varchar) as qeval

from {{ ref('mh') }} as mh
inner join {{ ref('int_histories') }} as histories on mh.usubjid = histories.usubjid
where mh.mhevdtyp = 'SYMPTOM ONSET' and histories.onset_site is not null
