-- What the criteria of a study's trials have in common; those of an analysis are
-- protocol.analysis_eligibility.

with

criteria as (

    {{ trials('trial_criteria') }}

)

select
    studyid,
    'TI' as domain,
    ietestcd,
    ietest,
    iecat

from criteria
