-- One row per analysis and candidate: every subject of the studies and arms that the
-- protocol names, whatever is known of it.
--
-- A site's subject in a placebo arm, or dosed in no arm, is no treated candidate:
-- quality.flags has both (placebo_at_site, dosed_in_no_arm).
--
-- Eligibility comes later and is counted. All of the cohorts rest on this table, and it
-- waits for the gate on the standard tables.

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
    and (arms.armcd = 'ANY' or arms.armcd = adsl.armcd)
where arms.arm <> 'treated'
    or arms.studyid = 'PROACT'
    or adsl.armcd <> 'PLACEBO'
    or (adsl.armcd is null and adsl.trtsdy is null)
