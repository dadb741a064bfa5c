-- Nam 2023: symptoms of the natural progression of ALS are no AE.

select
    events.study_id,
    events.population,
    events.window_name,
    progression.pt as term,
    progression.reason,
    count(*) as n_events,
    count(distinct events.usubjid) as n_subjects,
    count(*) filter (where flags.is_sae) as n_serious,
    count(*) filter (where flags.is_adr) as n_adr

from {{ ref('safety_events') }} as events
inner join {{ ref('adverse_event_flags') }} as flags
    on events.usubjid = flags.usubjid and events.aeseq = flags.aeseq
inner join {{ ref('als_progression_terms') }} as progression
    on upper(events.pt) = progression.pt
where events.kind = 'PROGRESSION'
group by
    events.study_id,
    events.population,
    events.window_name,
    progression.pt,
    progression.reason
