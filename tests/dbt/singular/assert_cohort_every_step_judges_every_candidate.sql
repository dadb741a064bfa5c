-- A step of the protocol whose variable or arm matches nobody would silently let all
-- pass.

select
    subjects.analysis_id,
    subjects.usubjid,
    eligibility.step

from {{ ref('subjects') }} as subjects
inner join {{ ref('analysis_eligibility') }} as eligibility
    on subjects.analysis_id = eligibility.analysis_id
    and eligibility.arm in (subjects.arm, 'both')
left join {{ ref('eligibility_outcomes') }} as outcomes
    on subjects.analysis_id = outcomes.analysis_id
    and subjects.usubjid = outcomes.usubjid
    and eligibility.step = outcomes.step
where outcomes.usubjid is null
