-- Every standard result has a row in its analysis table: a test or a position that no
-- parameter names would vanish without a word.

select
    'VS' as domain,
    vs.usubjid,
    vs.vsseq as seq

from {{ ref('vs') }} as vs
left join {{ ref('advs') }} as advs
    on vs.usubjid = advs.usubjid and vs.vsseq = advs.srcseq
where vs.vsstresn is not null and advs.usubjid is null

union all

select
    'RE' as domain,
    re.usubjid,
    re.reseq as seq

from {{ ref('re') }} as re
left join {{ ref('adre') }} as adre
    on re.usubjid = adre.usubjid and re.reseq = adre.srcseq
where
    re.redrvfl = 'Y' and re.rerepnum is null and re.restresn is not null
    and adre.usubjid is null

union all

select
    'LB' as domain,
    lb.usubjid,
    lb.lbseq as seq

from {{ ref('lb') }} as lb
left join {{ ref('adlb') }} as adlb
    on lb.usubjid = adlb.usubjid and lb.lbseq = adlb.srcseq
where lb.lbstresn is not null and adlb.usubjid is null
