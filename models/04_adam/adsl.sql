-- One row per subject of DM (ADaMIG 1.3, ADSL), with the ALS covariates that do not
-- depend on an analysis.
--
-- AGE keeps its decimals. RILUFL is Y or N where the subject was asked and the answers
-- agree, else null. LSTCNADY is the last follow-up: the last assessment, and for a site
-- the later of that and its last contact. VITALST is null where nobody recorded it.

with

dm as (

    select * from {{ ref('dm') }}

),

supplements as (

    select
        usubjid,
        max(try_cast(qval as double)) filter (where qnam = 'AGEDEC') as age,
        max(qval) filter (where qnam = 'ELESCOR') as elescor,
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
        case when count(distinct cmoccur) = 1 then max(cmoccur) end as rilufl

    from {{ ref('cm') }}
    where cmcat = 'RILUZOLE' and cmpresp = 'Y'
    group by usubjid

),

doses as (

    select
        usubjid,
        min(exstdy) as trtsdy,
        max(exstdy) as trtedy,
        count(*) as n_doses

    from {{ ref('ex') }}
    where exstdtc is not null
    group by usubjid

),

deaths as (

    select
        usubjid,
        max(dsstdy) as dthady

    from {{ ref('ds') }}
    where dsdecod = 'DEATH'
    group by usubjid

),

contacts as (

    select
        usubjid,
        {{ study_day('rel_day') }} as ady
    from {{ ref('alsfrs_visits') }}

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

)

select
    dm.studyid,
    dm.usubjid,
    dm.subjid,
    dm.siteid,
    supplements.age,
    dm.ageu,
    dm.sex,
    dm.race,
    dm.ethnic,
    dm.country,
    dm.armcd,
    dm.arm,
    dm.actarm,
    dm.arm as trt01p,
    dm.actarm as trt01a,
    case dm.armcd when 'PLACEBO' then 0 when 'ACTIVE' then 1 when 'TREATED' then 1 end
        as trt01pn,
    doses.trtsdy,
    doses.trtedy,
    coalesce(doses.n_doses, 0) as ndoses,
    dm.dthfl,
    deaths.dthady,
    supplements.vitalst,
    last_contacts.lstcnady,
    histories.onsetsit,
    histories.onsetady,
    histories.diagady,
    riluzole.rilufl,
    supplements.elescor

from dm
left join supplements on dm.usubjid = supplements.usubjid
left join histories on dm.usubjid = histories.usubjid
left join riluzole on dm.usubjid = riluzole.usubjid
left join doses on dm.usubjid = doses.usubjid
left join deaths on dm.usubjid = deaths.usubjid
left join last_contacts on dm.usubjid = last_contacts.usubjid
