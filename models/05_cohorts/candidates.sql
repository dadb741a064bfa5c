-- A site's subject in a placebo arm, or dosed in no arm, is no treated candidate:
-- quality.flags lists both (placebo_at_site, dosed_in_no_arm). Eligibility comes later
-- and is counted. All cohorts rest on this table, which waits for the gate on the
-- standard tables.

-- depends_on: {{ ref('gate_standard') }}

select
    arms.analysis_id,
    adsl.usubjid,
    arms.arm,
    adsl.studyid,
    arms.index_rule

from {{ ref('analysis_arms') }} as arms
inner join {{ ref('adsl') }} as adsl
    on arms.studyid = adsl.studyid
    and (
        arms.armcd = 'ANY'
        or arms.armcd = adsl.armcd
        or (arms.armcd = 'NONE' and adsl.armcd is null)
    )
where arms.arm <> 'treated'
    or arms.studyid = 'PROACT'
    or adsl.armcd <> 'PLACEBO'
    or (adsl.armcd is null and adsl.trtsdy is null)
