-- Only analyses in which an arm pools several studies; attrition_flow suffices for the
-- others. The weights of the matched are summed over their sets. A subject of whom
-- several index days are candidates counts once.

-- depends_on: {{ ref('gate_analyses') }}

with

pooled as (

    select analysis_id

    from {{ ref('analysis_arms') }}
    group by analysis_id, arm
    having count(distinct studyid) > 1

),

rules as (

    select
        analysis_id,
        arm,
        studyid,
        string_agg(distinct armcd, ', ' order by armcd) as armcds,
        string_agg(distinct index_rule, ', ' order by index_rule) as index_rules

    from {{ ref('analysis_arms') }}
    where analysis_id in (select pooled.analysis_id from pooled)
    group by analysis_id, arm, studyid

),

matched as (

    select
        analysis_id,
        usubjid,
        sum(weight) as weight

    from {{ ref('matched_subjects') }}
    where analysis_id in (select pooled.analysis_id from pooled)
    group by analysis_id, usubjid

),

counts as (

    select
        candidates.analysis_id,
        candidates.arm,
        candidates.studyid,
        count(distinct candidates.usubjid) as n_identified,
        count(distinct candidates.usubjid) filter (
            where subjects.index_day is not null
        ) as n_indexed,
        count(distinct candidates.usubjid) filter (
            where subjects.is_eligible
        ) as n_eligible,
        count(distinct candidates.usubjid) filter (
            where matched.usubjid is not null
        ) as n_matched,
        sum(matched.weight) as sum_of_weights

    from {{ ref('candidates') }} as candidates
    inner join {{ ref('subjects') }} as subjects
        on candidates.analysis_id = subjects.analysis_id
        and candidates.usubjid = {{ subject_of('subjects.usubjid') }}
    left join matched
        on subjects.analysis_id = matched.analysis_id
        and subjects.usubjid = matched.usubjid
    where candidates.analysis_id in (select pooled.analysis_id from pooled)
    group by candidates.analysis_id, candidates.arm, candidates.studyid

)

select
    rules.analysis_id,
    rules.arm,
    rules.studyid,
    rules.armcds,
    rules.index_rules,
    coalesce(counts.n_identified, 0) as n_identified,
    coalesce(counts.n_indexed, 0) as n_indexed,
    coalesce(counts.n_eligible, 0) as n_eligible,
    coalesce(counts.n_matched, 0) as n_matched,
    coalesce(counts.sum_of_weights, 0) as sum_of_weights

from rules
left join counts
    on rules.analysis_id = counts.analysis_id
    and rules.arm = counts.arm
    and rules.studyid = counts.studyid
