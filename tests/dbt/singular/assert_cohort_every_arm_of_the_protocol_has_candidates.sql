{{ config(severity='warn') }}

-- A study or arm that the delivery does not hold leaves an analysis empty without a
-- word: a site that was not delivered, or a name in seeds/protocol/arms.csv that is
-- misspelt (a site's STUDYID is its folder's name in capitals).

select
    arms.analysis_id,
    arms.arm,
    arms.studyid,
    arms.armcd

from {{ ref('analysis_arms') }} as arms
left join {{ ref('candidates') }} as candidates
    on arms.analysis_id = candidates.analysis_id
    and arms.arm = candidates.arm
    and arms.studyid = candidates.studyid
where candidates.usubjid is null
