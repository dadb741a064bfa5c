-- One row per analysis and candidate: every subject of the studies and arms that the
-- protocol names, whatever is known of it.
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
-- whom a site gave a placebo, or dosed in no arm, is nobody's treated patient
where arms.arm <> 'treated'
    or adsl.armcd <> 'PLACEBO'
    or (adsl.armcd is null and coalesce(adsl.ndoses, 0) = 0)
