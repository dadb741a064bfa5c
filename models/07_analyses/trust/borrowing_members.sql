-- Of the analyses that borrow. An internal control is of a study that feeds the treated
-- arm too, every other is external. A control of several sets weighs as much as in all
-- of them together.

with

wanted as (

    select distinct
        analysis_id,
        endpoint

    from {{ ref('analysis_borrowing') }}

),

weighted as (

    select
        matched.analysis_id,
        matched.usubjid,
        matched.arm,
        sum(matched.weight) as weight

    from {{ ref('matched_subjects') }} as matched
    where matched.analysis_id in (select wanted.analysis_id from wanted)
    group by matched.analysis_id, matched.usubjid, matched.arm

),

own_studies as (

    select distinct
        analysis_id,
        studyid

    from {{ ref('analysis_arms') }}
    where arm = 'treated'

)

select
    wanted.analysis_id,
    wanted.endpoint,
    weighted.usubjid,
    candidates.studyid,
    case
        when weighted.arm = 'treated' then 'treated'
        when own_studies.studyid is not null then 'internal'
        else 'external'
    end as source_group,
    weighted.weight,
    endpoints.days,
    endpoints.entry_days,
    endpoints.is_event

from wanted
inner join weighted on wanted.analysis_id = weighted.analysis_id
inner join {{ ref('candidates') }} as candidates
    on weighted.analysis_id = candidates.analysis_id
    and {{ subject_of('weighted.usubjid') }} = candidates.usubjid
inner join {{ ref('matched_endpoints') }} as endpoints
    on weighted.analysis_id = endpoints.analysis_id
    and weighted.usubjid = endpoints.usubjid
    and wanted.endpoint = endpoints.endpoint
left join own_studies
    on candidates.analysis_id = own_studies.analysis_id
    and candidates.studyid = own_studies.studyid
where endpoints.is_event is not null
