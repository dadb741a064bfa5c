-- Days are counted from index. The last visit is the last assessment; the last day seen
-- is the same for PRO-ACT, and of a site's subject the later of that and its last
-- contact. Gaps between visits are those of the pseudo-trial or site, for want of two
-- visits in it those of all.

with

visit_gaps as (

    {{ visit_gaps() }}

),

overall as (

    select
        {{ quantile('gap', '0.95') }} as gap_q95,
        {{ quantile('gap', '0.99') }} as gap_q99

    from visit_gaps

),

site_gaps as (

    select
        adsl.studyid,
        {{ quantile('visit_gaps.gap', '0.95') }} as gap_q95,
        {{ quantile('visit_gaps.gap', '0.99') }} as gap_q99

    from visit_gaps
    inner join {{ ref('adsl') }} as adsl on visit_gaps.usubjid = adsl.usubjid
    where adsl.studyid <> 'PROACT'
    group by adsl.studyid

),

last_visits as (

    select
        usubjid,
        max(rel_day) as last_visit_day

    from {{ ref('alsfrs_visits') }}
    group by usubjid

)

select
    subjects.analysis_id,
    endpoints.follow_up_rule,
    subjects.usubjid,
    subjects.arm,
    case
        when adsl.studyid = 'PROACT' then pseudo_trials.pseudo_trial_id
        else adsl.studyid
    end as pseudo_trial_id,
    subjects.deaths_recorded,
    subjects.vital_status,
    endpoints.last_seen_days,
    last_visits.last_visit_day - subjects.index_day as last_visit_days,
    endpoints.recorded_event_days,
    coalesce(endpoints.days_from_index, endpoints.days) as days,
    endpoints.is_event,
    coalesce(pseudo_trials.gap_q95, site_gaps.gap_q95, overall.gap_q95) as gap_q95,
    coalesce(pseudo_trials.gap_q99, site_gaps.gap_q99, overall.gap_q99) as gap_q99

from {{ ref('subjects') }} as subjects
inner join {{ ref('cohort_endpoints') }} as endpoints
    on subjects.analysis_id = endpoints.analysis_id
    and subjects.usubjid = endpoints.usubjid
    and endpoints.endpoint = 'OS'
inner join {{ ref('adsl') }} as adsl
    on {{ subject_of('subjects.usubjid') }} = adsl.usubjid
cross join overall
left join {{ ref('pseudo_trials') }} as pseudo_trials
    on {{ subject_of('subjects.usubjid') }} = pseudo_trials.usubjid
left join site_gaps on adsl.studyid = site_gaps.studyid
left join last_visits
    on {{ subject_of('subjects.usubjid') }} = last_visits.usubjid
where subjects.is_eligible and endpoints.is_event is not null
