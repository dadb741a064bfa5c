-- The onset row stands also where only the onset site is known, without MHSTDY.

with

histories as (

    select * from {{ ref('int_histories') }}

),

events as (

    select
        studyid,
        usubjid,
        spid as mhspid,
        'SYMPTOM ONSET' as mhevdtyp,
        onset_date as mhstdtc,
        onset_day as start_day,
        history_day

    from histories
    where onset_day is not null or onset_date is not null or onset_site is not null

    union all

    select
        studyid,
        usubjid,
        spid as mhspid,
        'DIAGNOSIS' as mhevdtyp,
        diagnosis_date as mhstdtc,
        diagnosis_day as start_day,
        history_day

    from histories
    where diagnosis_day is not null or diagnosis_date is not null

)

select
    studyid,
    'MH' as domain,
    usubjid,
    row_number() over (
        partition by usubjid
        order by case mhevdtyp when 'SYMPTOM ONSET' then 1 else 2 end
    ) as mhseq,
    mhspid,
    'AMYOTROPHIC LATERAL SCLEROSIS' as mhterm,
    'AMYOTROPHIC LATERAL SCLEROSIS' as mhdecod,
    mhevdtyp,
    mhstdtc,
    {{ study_day('history_day') }} as mhdy,
    {{ study_day('start_day') }} as mhstdy

from events
