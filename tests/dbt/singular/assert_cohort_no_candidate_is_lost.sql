-- A candidate may be ineligible but never lost: a join that drops or doubles one would
-- change the attrition without a step that says so. Index days of one subject are
-- candidates each; that none of them is there twice is the key of the table.

with

found as (

    select
        analysis_id,
        usubjid,
        arm

    from {{ ref('subjects') }}

)

select
    coalesce(candidates.analysis_id, found.analysis_id) as analysis_id,
    coalesce(candidates.usubjid, found.usubjid) as usubjid,
    candidates.arm as candidate_arm,
    found.arm as subject_arm

from {{ ref('candidates') }} as candidates
full join found
    on candidates.analysis_id = found.analysis_id
    and candidates.usubjid = {{ subject_of('found.usubjid') }}
where candidates.arm is distinct from found.arm
