-- One row per analysis of mmrm_models.csv, matched set, subject and planned visit: the
-- change of the ALSFRS-R total until then, and whether the subject had died.
--
-- A total does not exist after death: its change is null, and is_dead is true; a
-- subject that is alive and was not assessed is missing. OS as the analysis follows it,
-- from the index day, whatever the clock, as visits are.

with

visits as (

    select
        asked.analysis_id,
        windows.arm,
        windows.window_id,
        windows.offset_days

    from {{ ref('mmrm_models') }} as asked
    inner join {{ ref('analysis_windows') }} as windows
        on asked.analysis_id = windows.analysis_id
        and contains('|' || asked.visits || '|', '|' || windows.window_id || '|')

)

select
    matched.analysis_id,
    matched.set_id,
    matched.usubjid,
    matched.arm,
    matched.weight,
    visits.window_id,
    visits.offset_days,
    baseline.total as baseline_total,
    found.total - baseline.total as change,
    coalesce(
        found.total is null and endpoints.is_event
        and coalesce(endpoints.days_from_index, endpoints.days)
            <= visits.offset_days,
        false
    ) as is_dead

from visits
inner join {{ ref('matched_subjects') }} as matched
    on visits.analysis_id = matched.analysis_id
    and visits.arm in (matched.arm, 'both')
left join {{ ref('cohort_endpoints') }} as endpoints
    on matched.analysis_id = endpoints.analysis_id
    and matched.usubjid = endpoints.usubjid
    and endpoints.endpoint = 'OS'
left join {{ ref('window_assessments') }} as baseline
    on matched.analysis_id = baseline.analysis_id
    and matched.usubjid = baseline.usubjid
    and baseline.window_id = 'baseline'
left join {{ ref('window_assessments') }} as found
    on matched.analysis_id = found.analysis_id
    and matched.usubjid = found.usubjid
    and visits.window_id = found.window_id
