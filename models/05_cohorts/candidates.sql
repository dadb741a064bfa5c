-- One row per analysis and candidate: every subject of the studies and arms that the
-- protocol names, whatever is known of it.
--
-- Analyses and subjects are kept apart from any eligibility: that comes later and is
-- counted.

select
    arms.analysis_id,
    adsl.usubjid,
    arms.arm,
    adsl.studyid,
    arms.index_rule

from {{ ref('analysis_arms') }} as arms
inner join {{ ref('adsl') }} as adsl
    on arms.studyid = adsl.studyid
    and (arms.armcd = 'ANY' or arms.armcd = adsl.armcd)
