-- Of several assessments on a day the used one; an item outside 0 to 4 is no value.
-- BASE is the last value up to day 1, CHG the change from it, after it. An item and a
-- reported total come from one row of QS (SRCSEQ), a value derived from several rows of
-- one assessment has SRCREF. Nothing is imputed.

with

subjects as (

    {{ numbered_subjects() }}

),

used as (

    select
        visits.*,
        subjects.subject_no,
        cast({{ study_day('visits.rel_day') }} as integer) as ady,
        cast(row_number() over () as integer) as text_no
    from {{ ref('alsfrs_visits') }} as visits
    inner join subjects on visits.usubjid = subjects.usubjid
    where visits.is_used

),

parameters as (

    select * from {{ ref('analysis_parameters') }}
    where dataset = 'ADQS'

),

items as (

    select
        used.subject_no,
        used.text_no,
        used.ady,
        qs.qstestcd as source_code,
        qs.qsstresn as aval,
        cast(qs.qsseq as integer) as srcseq

    from {{ ref('qs') }} as qs
    inner join used on qs.usubjid = used.usubjid and qs.qsspid = used.qsspid
    where qs.qstestcd in (select parameters.source_code from parameters)
        and qs.qsstresn between 0 and 4

),

scores as (

    unpivot (
        select
            subject_no,
            text_no,
            ady,
            cast(total as double) as total,
            cast(bulbar as double) as bulbar,
            cast(fine_motor as double) as fine_motor,
            cast(gross_motor as double) as gross_motor,
            cast(respiratory as double) as respiratory,
            cast(ft9_stage as double) as ft9_stage,
            cast(kings_stage as double) as kings_stage,
            cast(mitos_stage as double) as mitos_stage
        from used
    )
    on
        total,
        bulbar,
        fine_motor,
        gross_motor,
        respiratory,
        ft9_stage,
        kings_stage,
        mitos_stage
    into name source_code value aval

),

reported as (

    select
        used.text_no,
        cast(qs.qsseq as integer) as qsseq
    from {{ ref('qs') }} as qs
    inner join used on qs.usubjid = used.usubjid and qs.qsspid = used.qsspid
    where qs.qstestcd = 'ALSR1TS' and used.total_source = 'reported'

),

derived as (

    select
        scores.subject_no,
        scores.text_no,
        scores.ady,
        scores.source_code,
        scores.aval,
        reported.qsseq as srcseq

    from scores
    left join reported
        on scores.text_no = reported.text_no and scores.source_code = 'total'

),

all_values as (

    select * from items
    union all
    select * from derived

),

described as (

    select
        all_values.* exclude (source_code),
        0 as in_day,
        cast(parameters.paramn as integer) as paramn,
        parameters.window_group

    from all_values
    inner join parameters on all_values.source_code = parameters.source_code

),

analysed as (

    {{ analysis_values('described', ref('visit_windows')) }}

)

{{ bds_rows('analysed', 'QS', srcseq='srcseq', texts='used', extra=[
    'used.qsspid as srcref',
    'subjects.rfstdt + cast(' ~ rel_day('analysed.ady') ~ ' as integer) as adt',
    "case when parameters.source_code = 'total' then upper(used.total_source) end"
    ~ ' as totsrc',
    "case when parameters.source_code = 'total' and used.is_total_in_conflict"
    ~ " then 'Y' end as totcnffl",
]) }}
