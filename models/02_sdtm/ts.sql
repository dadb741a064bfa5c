-- The number of subjects is that of DM; everything else comes from the seed
-- trial_parameters, where a value not provided is the null flavor UNK.

with

given as (

    {{ trials('trial_parameters') }}

),

subjects as (

    select
        studyid,
        count(*) as n_subjects

    from {{ ref('dm') }}
    group by studyid

),

parameters as (

    select
        studyid,
        tsseq,
        tsparmcd,
        tsparm,
        tsval,
        tsvalnf,
        tsvalcd,
        tsvcdref,
        tsvcdver
    from given

    union all by name

    select
        studyid,
        cast(1 as bigint) as tsseq,
        'ACTSUB' as tsparmcd,
        'Actual Number of Subjects' as tsparm,
        cast(n_subjects as varchar) as tsval
    from subjects

)

select
    studyid,
    'TS' as domain,
    tsseq,
    tsparmcd,
    tsparm,
    tsval,
    tsvalnf,
    tsvalcd,
    tsvcdref,
    tsvcdver

from parameters
