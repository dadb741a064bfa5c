-- Urine tests are separate parameters, and so is each specimen of neurofilament.
-- BASE is the last value up to day 1, of several of that day the last by LBSEQ; CHG the
-- change from it, after it. A result in words, below a limit or in a unit that does not
-- convert has no row; LB has it.

with

parameters as (

    select * from {{ ref('analysis_parameters') }}
    where dataset = 'ADLB'

),

results as (

    select
        lb.usubjid,
        lb.lbdy as ady,
        lb.lbstresn as aval,
        lb.lbseq as in_day,
        parameters.paramn,
        parameters.paramcd,
        parameters.window_group

    from {{ ref('lb') }} as lb
    inner join parameters
        on lb.lbtestcd = parameters.source_code
        and lb.lbspec is not distinct from parameters.source_position
    where lb.lbstresn is not null

),

analysed as (

    {{ analysis_values('results', ref('visit_windows')) }}

)

{{ bds_rows('analysed', 'LB') }}
