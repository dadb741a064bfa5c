-- BASE is the last value up to day 1, of several tests of that day the last by RESEQ;
-- CHG the change from it, after it. A test without a day has neither.

with

parameters as (

    select * from {{ ref('analysis_parameters') }}
    where dataset = 'ADRE'

),

results as (

    select
        re.usubjid,
        re.redy as ady,
        re.restresn as aval,
        re.reseq as in_day,
        parameters.paramn,
        parameters.paramcd,
        parameters.window_group

    from {{ ref('re') }} as re
    inner join parameters
        on re.retestcd = parameters.source_code
    -- a percentage computed from litres is derived too, but has the number of its trial
    where re.redrvfl = 'Y' and re.rerepnum is null and re.restresn is not null

),

analysed as (

    {{ analysis_values('results', ref('visit_windows')) }}

)

{{ bds_rows('analysed', 'RE') }}
