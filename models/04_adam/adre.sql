-- BASE is the last value up to day 1, of several tests of that day the last by RESEQ;
-- CHG the change from it, after it. A test without a day has neither.

with

subjects as (

    {{ numbered_subjects() }}

),

parameters as (

    select * from {{ ref('analysis_parameters') }}
    where dataset = 'ADRE'

),

results as (

    select
        subjects.subject_no,
        cast(re.redy as integer) as ady,
        re.restresn as aval,
        cast(re.reseq as integer) as in_day,
        cast(parameters.paramn as integer) as paramn,
        parameters.window_group

    from {{ ref('re') }} as re
    inner join subjects on re.usubjid = subjects.usubjid
    inner join parameters
        on re.retestcd = parameters.source_code
    -- a percentage computed from litres is derived too, but has the number of its trial
    where re.redrvfl = 'Y' and re.rerepnum is null and re.restresn is not null

),

analysed as (

    {{ analysis_values('results', ref('visit_windows')) }}

)

{{ bds_rows('analysed', 'RE') }}
