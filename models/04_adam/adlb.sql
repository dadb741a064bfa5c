-- Urine tests are separate parameters, and so is each specimen of neurofilament.
-- BASE is the last value up to day 1, of several of that day the last by LBSEQ; CHG the
-- change from it, after it. A result in words, below a limit or in a unit that does not
-- convert has no row; LB has it.

with

subjects as (

    {{ numbered_subjects() }}

),

parameters as (

    select * from {{ ref('analysis_parameters') }}
    where dataset = 'ADLB'

),

results as (

    select
        subjects.subject_no,
        cast(lb.lbdy as integer) as ady,
        lb.lbstresn as aval,
        cast(lb.lbseq as integer) as in_day,
        cast(parameters.paramn as integer) as paramn,
        parameters.window_group

    from {{ ref('lb') }} as lb
    inner join subjects on lb.usubjid = subjects.usubjid
    inner join parameters
        on lb.lbtestcd = parameters.source_code
        and lb.lbspec is not distinct from parameters.source_position
    where lb.lbstresn is not null

),

analysed as (

    {{ analysis_values('results', ref('visit_windows')) }}

)

{{ bds_rows('analysed', 'LB') }}
