-- `line` numbers the subjects of an arm by a digest, so that a line of a figure
-- identifies no subject.

-- depends_on: {{ ref('gate_analyses') }}

with

members as (

    select distinct
        analysis_id,
        arm,
        usubjid,
        index_day

    from {{ ref('matched_subjects') }}

),

numbered as (

    select
        analysis_id,
        arm,
        usubjid,
        index_day,
        row_number() over (
            partition by analysis_id, arm order by md5(analysis_id || usubjid), usubjid
        ) as line

    from members

)

select
    numbered.analysis_id,
    numbered.arm,
    numbered.line,
    visits.rel_day - numbered.index_day as day,
    visits.total

from numbered
inner join {{ ref('alsfrs_visits') }} as visits
    on {{ subject_of('numbered.usubjid') }} = visits.usubjid
where
    visits.is_used
    and visits.total is not null
    and visits.rel_day - numbered.index_day >= -60
