-- Each position of a vital sign is a separate parameter with its own baseline. BASE is
-- the last value up to day 1, of several of that day the last by VSSEQ; CHG the change
-- from it, after it. A result in a unit that is in no codelist has no row; VS has it.

with

subjects as (

    {{ numbered_subjects() }}

),

parameters as (

    select * from {{ ref('analysis_parameters') }}
    where dataset = 'ADVS'

),

results as (

    select
        subjects.subject_no,
        cast(vs.vsdy as integer) as ady,
        vs.vsstresn as aval,
        cast(vs.vsseq as integer) as in_day,
        cast(parameters.paramn as integer) as paramn,
        parameters.window_group

    from {{ ref('vs') }} as vs
    inner join subjects on vs.usubjid = subjects.usubjid
    inner join parameters
        on vs.vstestcd = parameters.source_code
        and vs.vspos is not distinct from parameters.source_position
    where vs.vsstresn is not null

),

analysed as (

    {{ analysis_values('results', ref('visit_windows')) }}

)

{{ bds_rows('analysed', 'VS') }}
