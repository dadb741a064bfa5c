-- Each position of a vital sign is a separate parameter with its own baseline. BASE is
-- the last value up to day 1, of several of that day the last by VSSEQ; CHG the change
-- from it, after it. A result in a unit that is in no codelist has no row; VS has it.

with

parameters as (

    select * from {{ ref('analysis_parameters') }}
    where dataset = 'ADVS'

),

results as (

    select
        vs.usubjid,
        vs.vsdy as ady,
        vs.vsstresn as aval,
        vs.vsseq as in_day,
        parameters.paramn,
        parameters.paramcd,
        parameters.window_group

    from {{ ref('vs') }} as vs
    inner join parameters
        on vs.vstestcd = parameters.source_code
        and vs.vspos is not distinct from parameters.source_position
    where vs.vsstresn is not null

),

analysed as (

    {{ analysis_values('results', ref('visit_windows')) }}

)

{{ bds_rows('analysed', 'VS') }}
