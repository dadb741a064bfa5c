-- AGE is that of DM, in completed years; AAGE keeps its decimals. RILUZFL is Y or N
-- where the subject was asked and the answers agree, else null. LSTCNADY is the last
-- follow-up: the last assessment, and for a site the later of that and its last
-- contact; LSTALVDY the last day of any clinical contact that is not after the death.
-- VITALST is null where it was not recorded. A population flag is Y or N; ARMNRS says
-- why a subject has no arm, and is in no population. A baseline is the last value up to
-- day 1, as in ADQS, ADRE and ADVS; dates are given where dates were delivered.

with

dm as (

    select * from {{ ref('dm') }}

),

supplements as (

    select
        usubjid,
        max(try_cast(qval as double)) filter (where qnam = 'AGEDEC') as aage,
        max(qval) filter (where qnam = 'ELESCOR') as elescor,
        max(qval) filter (where qnam = 'FAMHXALS') as famhxfl,
        max(qval) filter (where qnam = 'FTD') as ftdfl,
        max(qval) filter (where qnam = 'VITALST') as vitalst

    from {{ ref('suppdm') }}
    group by usubjid

),

histories as (

    select
        mh.usubjid,
        max(mh.mhstdy) filter (where mh.mhevdtyp = 'SYMPTOM ONSET') as onsetady,
        max(mh.mhstdy) filter (where mh.mhevdtyp = 'DIAGNOSIS') as diagady,
        max(suppmh.qval) as onsetsit

    from {{ ref('mh') }} as mh
    left join {{ ref('suppmh') }} as suppmh
        on mh.usubjid = suppmh.usubjid
        and suppmh.qnam = 'ONSETLOC'
        and suppmh.idvarval = cast(mh.mhseq as varchar)
    group by mh.usubjid

),

riluzole as (

    select
        usubjid,
        case when count(distinct cmoccur) = 1 then max(cmoccur) end as riluzfl

    from {{ ref('cm') }}
    where cmcat = 'RILUZOLE' and cmpresp = 'Y'
    group by usubjid

),

exposures as (

    select
        usubjid,
        -- day 0, as in int_subjects: the first dose that is no placebo, else the first
        coalesce(
            min(try_cast(exstdtc as date)) filter (
                where exstdy is not null and {{ is_dose() }}
            ),
            min(try_cast(exstdtc as date)) filter (where exstdy is not null)
        ) as trtsdt,
        max(try_cast(exstdtc as date)) as trtedt,
        coalesce(min(exstdy) filter (where {{ is_dose() }}), min(exstdy)) as trtsdy,
        max(exstdy) filter (
            where exstdtc is not null or studyid <> 'PROACT'
        ) as trtedy,
        count(*) filter (where {{ is_dose() }}) as n_doses

    from {{ ref('ex') }}
    group by usubjid

),

dispositions as (

    select
        usubjid,
        max(dsstdy) filter (where dsdecod = 'DEATH') as dthady,
        coalesce(bool_or(dsdecod = 'RANDOMIZED'), false) as is_randomized,
        min(dsstdy) filter (where dsdecod = 'ENTERED INTO TRIAL') as enrlady,
        bool_or(dsdecod in ('DEATH', 'WITHDRAWAL BY SUBJECT')) as is_discontinued

    from {{ ref('ds') }}
    group by usubjid

),

assessments as (

    select
        *,
        {{ study_day('rel_day') }} as ady
    from {{ ref('alsfrs_visits') }}

),

function_baselines as (

    select
        usubjid,
        {{ baseline_value('total', 'ady', 'ady') }} as alsrbl,
        bool_or(total is not null and ady > 1) as has_later_total

    from assessments
    where is_used
    group by usubjid

),

capacity_baselines as (

    select
        usubjid,
        {{ baseline_value('restresn', 'redy', 'reseq') }} as fvcppbl

    from {{ ref('re') }}
    where retestcd = 'FVCPP' and redrvfl = 'Y' and rerepnum is null
    group by usubjid

),

body_baselines as (

    select
        usubjid,
        {% for test in ['WEIGHT', 'HEIGHT'] -%}
        {{ baseline_value(
            "case when vstestcd = '" ~ test ~ "' then vsstresn end", 'vsdy', 'vsseq'
        ) }} as {{ test | lower }}bl{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('vs') }}
    where vstestcd in ('WEIGHT', 'HEIGHT') and vspos is null
    group by usubjid

),

contacts as (

    select
        usubjid,
        ady
    from assessments

    union all

    select
        usubjid,
        dsstdy as ady
    from {{ ref('ds') }}
    where dsdecod = 'LAST CONTACT'

),

last_contacts as (

    select
        usubjid,
        max(ady) as lstcnady

    from contacts
    group by usubjid

),

signs_of_life as (

    select usubjid, ady from contacts
    union all
    select usubjid, exstdy as ady from {{ ref('ex') }}
    union all
    select usubjid, prstdy as ady from {{ ref('pr') }}
    union all
    select usubjid, redy as ady from {{ ref('re') }}
    union all
    select usubjid, vsdy as ady from {{ ref('vs') }}

),

last_alive as (

    select
        signs_of_life.usubjid,
        max(signs_of_life.ady) as lstalvdy

    from signs_of_life
    left join dispositions on signs_of_life.usubjid = dispositions.usubjid
    where dispositions.dthady is null or signs_of_life.ady <= dispositions.dthady
    group by signs_of_life.usubjid

),

subjects as (

    select
        dm.*,
        try_cast(dm.rfstdtc as date) as rfstdt,
        case when dm.armcd is not null then 'Y' else 'N' end as ittfl,
        case
            when {{ rel_day('histories.onsetady') }} <= 0
            then {{ months('-' ~ rel_day('histories.onsetady')) }}
        end as durons

    from dm
    left join histories on dm.usubjid = histories.usubjid

)

select
    subjects.studyid,
    subjects.usubjid,
    subjects.subjid,
    subjects.siteid,
    subjects.age,
    subjects.ageu,
    supplements.aage,
    age_groups.agegr1,
    age_groups.agegr1n,
    subjects.sex,
    subjects.race,
    subjects.ethnic,
    subjects.country,
    subjects.armcd,
    subjects.arm,
    subjects.actarm,
    subjects.armnrs,
    subjects.arm as trt01p,
    {{ treatment_number('subjects.armcd') }} as trt01pn,
    subjects.actarm as trt01a,
    {{ treatment_number('subjects.actarmcd') }} as trt01an,
    case when exposures.usubjid is not null then 'Y' else 'N' end as saffl,
    subjects.ittfl,
    case when dispositions.is_randomized then 'Y' else 'N' end as randfl,
    case
        when subjects.ittfl = 'Y'
            and function_baselines.alsrbl is not null
            and function_baselines.has_later_total
        then 'Y'
        else 'N'
    end as fasfl,
    subjects.rfstdt,
    exposures.trtsdt,
    exposures.trtsdy,
    exposures.trtedt,
    exposures.trtedy,
    coalesce(exposures.n_doses, 0) as ndoses,
    case
        when dispositions.is_discontinued and subjects.studyid <> 'PROACT'
        then 'DISCONTINUED'
    end as eosstt,
    subjects.dthfl,
    subjects.rfstdt + cast({{ rel_day('dispositions.dthady') }} as integer)
        as dthdt,
    dispositions.dthady,
    supplements.vitalst,
    last_contacts.lstcnady,
    subjects.rfstdt + cast({{ rel_day('last_alive.lstalvdy') }} as integer)
        as lstalvdt,
    last_alive.lstalvdy,
    histories.onsetsit,
    histories.onsetady,
    histories.diagady,
    case when subjects.studyid = 'PROACT' then 1 else dispositions.enrlady end
        as enrlady,
    subjects.durons,
    (48 - function_baselines.alsrbl) / nullif(subjects.durons, 0) as deltafs,
    function_baselines.alsrbl,
    capacity_baselines.fvcppbl,
    body_baselines.weightbl,
    body_baselines.heightbl,
    case
        when body_baselines.heightbl between 100 and 250
        then body_baselines.weightbl / (body_baselines.heightbl / 100) ** 2
    end as bmibl,
    riluzole.riluzfl,
    supplements.elescor,
    supplements.famhxfl,
    supplements.ftdfl

from subjects
left join supplements on subjects.usubjid = supplements.usubjid
left join {{ ref('age_groups') }} as age_groups
    on (age_groups.from_age is null or supplements.aage >= age_groups.from_age)
    and (age_groups.to_age is null or supplements.aage < age_groups.to_age)
left join histories on subjects.usubjid = histories.usubjid
left join riluzole on subjects.usubjid = riluzole.usubjid
left join exposures on subjects.usubjid = exposures.usubjid
left join dispositions on subjects.usubjid = dispositions.usubjid
left join last_contacts on subjects.usubjid = last_contacts.usubjid
left join last_alive on subjects.usubjid = last_alive.usubjid
left join function_baselines on subjects.usubjid = function_baselines.usubjid
left join capacity_baselines on subjects.usubjid = capacity_baselines.usubjid
left join body_baselines on subjects.usubjid = body_baselines.usubjid
