-- Of several assessments on a day the used one; an item outside 0 to 4 is no value.
-- BASE is the last value up to day 1, CHG the change from it, after it. An item and a
-- reported total come from one row of QS (SRCSEQ), a value derived from several rows of
-- one assessment has SRCREF. Nothing is imputed.

with

used as (

    select
        *,
        {{ study_day('rel_day') }} as ady
    from {{ ref('alsfrs_visits') }}
    where is_used

),

parameters as (

    select * from {{ ref('analysis_parameters') }}
    where dataset = 'ADQS'

),

items as (

    select
        used.usubjid,
        used.qsspid,
        used.ady,
        qs.qstestcd as source_code,
        qs.qsstresn as aval,
        qs.qsseq as srcseq,
        cast(null as varchar) as totsrc,
        cast(null as varchar) as totcnffl

    from {{ ref('qs') }} as qs
    inner join used on qs.usubjid = used.usubjid and qs.qsspid = used.qsspid
    where qs.qstestcd in (select parameters.source_code from parameters)
        and qs.qsstresn between 0 and 4

),

scores as (

    unpivot (
        select
            usubjid,
            qsspid,
            ady,
            total_source,
            is_total_in_conflict,
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

derived as (

    select
        scores.usubjid,
        scores.qsspid,
        scores.ady,
        scores.source_code,
        scores.aval,
        reported.qsseq as srcseq,
        case when scores.source_code = 'total' then upper(scores.total_source) end
            as totsrc,
        case
            when scores.source_code = 'total' and scores.is_total_in_conflict then 'Y'
        end as totcnffl

    from scores
    left join {{ ref('qs') }} as reported
        on scores.usubjid = reported.usubjid
        and scores.qsspid = reported.qsspid
        and scores.source_code = 'total'
        and scores.total_source = 'reported'
        and reported.qstestcd = 'ALSR1TS'

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
        parameters.paramn,
        parameters.paramcd,
        parameters.window_group

    from all_values
    inner join parameters on all_values.source_code = parameters.source_code

),

analysed as (

    {{ analysis_values('described', ref('visit_windows')) }}

)

{{ bds_rows('analysed', 'QS', srcseq='srcseq', extra=[
    'analysed.qsspid as srcref',
    'adsl.trtsdt + cast(' ~ rel_day('analysed.ady') ~ ' as integer) as adt',
    'analysed.totsrc',
    'analysed.totcnffl',
]) }}
