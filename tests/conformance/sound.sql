-- An ADaM of one study without a violation, and its SDTM: two treated subjects, of whom
-- one died, and one who was never assigned. It has the variables that every rule needs.
create schema adam;
create schema sdtm;

create table sdtm.DM as
select * from (values
    ('S', 'S-A', 'A', '01', 50, 'YEARS', 'F', 'WHITE', 'Active', null, 'Y'),
    ('S', 'S-B', 'B', '01', 65, 'YEARS', 'M', 'ASIAN', 'Placebo', null, null),
    ('S', 'S-C', 'C', '02', 70, 'YEARS', 'M', 'WHITE', null, 'NOT ASSIGNED', null)
) as d (STUDYID, USUBJID, SUBJID, SITEID, AGE, AGEU, SEX, RACE, ARM, ARMNRS, DTHFL);

create table sdtm.AE as
select * from (values
    ('S', 'S-A', 1, 'Fell', 'Fall', 'Injuries', 'MILD', 'N', 'RECOVERED/RESOLVED'),
    ('S', 'S-A', 2, 'Choking', 'Choking', 'Respiratory', 'SEVERE', 'Y', 'FATAL'),
    ('S', 'S-B', 1, 'Fall', 'Fall', 'Injuries', 'MILD', 'N', 'UNKNOWN')
) as d (STUDYID, USUBJID, AESEQ, AETERM, AEDECOD, AEBODSYS, AESEV, AESER, AEOUT);

create table sdtm.LB as
select 'S' as STUDYID, USUBJID, LBSEQ
from (values ('S-A', 1), ('S-A', 2), ('S-A', 3), ('S-B', 1)) as d (USUBJID, LBSEQ);
create table sdtm.QS as select STUDYID, USUBJID, LBSEQ as QSSEQ from sdtm.LB;
create table sdtm.RE as select STUDYID, USUBJID, LBSEQ as RESEQ from sdtm.LB;
create table sdtm.VS as select STUDYID, USUBJID, LBSEQ as VSSEQ from sdtm.LB;
create table sdtm.DS as
select 'S' as STUDYID, 'S-A' as USUBJID, 1 as DSSEQ, 'DEATH' as DSDECOD, 101 as DSSTDY;

create table adam.ADSL as
select
    DM.* exclude (ARM, ARMNRS, DTHFL),
    case when AGE < 60 then '<60' else '>=60' end as AGEGR1,
    case when AGE < 60 then 1 else 2 end as AGEGR1N,
    case SEX when 'F' then 1 else 2 end as SEXN,
    case RACE when 'WHITE' then 1 else 2 end as RACEN,
    case RACE when 'WHITE' then 'White' else 'Other' end as RACEGR1,
    case RACE when 'WHITE' then 1 else 2 end as RACEGR1N,
    'Site ' || SITEID as SITEGR1,
    cast(SITEID as integer) as SITEGR1N,
    'Europe' as REGION1,
    1 as REGION1N,
    'NOT REPORTED' as ETHNIC,
    ARM,
    ARMNRS,
    ARM as TRT01P,
    case ARM when 'Active' then 1 when 'Placebo' then 0 end as TRT01PN,
    ARM as TRT01A,
    case ARM when 'Active' then 1 when 'Placebo' then 0 end as TRT01AN,
    ARM as TRTSEQP,
    case ARM when 'Active' then 1 when 'Placebo' then 0 end as TRTSEQPN,
    case when ARM is null then 'N' else 'Y' end as SAFFL,
    case when ARM is null then 0 else 1 end as SAFFN,
    case when ARM is null then 'N' else 'Y' end as ITTFL,
    case when ARM is null then 'N' else 'Y' end as FASFL,
    case when ARM is null then 'N' else 'Y' end as PPROTFL,
    case when ARM is null then 'N' else 'Y' end as RANDFL,
    case when ARM is not null then date '2020-01-01' end as RANDDT,
    case when ARM is not null then date '2020-01-01' end as RFSTDT,
    case when ARM is not null then date '2020-01-01' end as TRTSDT,
    case when ARM is not null then date '2020-03-01' end as TRTEDT,
    cast(null as varchar) as TRTEDTF,
    case when ARM is not null then timestamp '2020-01-01 08:00' end as TRTSDTM,
    case when ARM is not null then timestamp '2020-03-01 08:00' end as TRTEDTM,
    cast(null as varchar) as TRTSTMF,
    case when ARM is not null then 1 end as TRTSDY,
    case when ARM is not null then 61 end as TRTEDY,
    case when ARM is not null then 61 end as TRTDURD,
    DTHFL,
    case DTHFL when 'Y' then date '2020-04-10' end as DTHDT,
    case DTHFL when 'Y' then date '2020-04-01' end as LSTALVDT,
    case when ARM is null then null when DTHFL = 'Y' then 'DISCONTINUED' else 'COMPLETED' end
        as EOSSTT,
    case when ARM is not null then 'COMPLETED' end as EOTSTT,
    case DTHFL when 'Y' then 'Death' end as DCSREAS,
    170 as HEIGHTBL,
    72.25 as WEIGHTBL,
    25 as BMIBL
from sdtm.DM;

create table adam.ADLB as
select
    'S' as STUDYID,
    d.USUBJID,
    d.ASEQ,
    ADSL.TRT01P as TRTP,
    ADSL.TRT01PN as TRTPN,
    ADSL.TRT01A as TRTA,
    ADSL.TRT01AN as TRTAN,
    ADSL.SAFFL,
    'Albumin (g/L)' as PARAM,
    'ALB' as PARAMCD,
    1 as PARAMN,
    'CHEMISTRY' as PARCAT1,
    1 as PARCAT1N,
    cast(null as varchar) as PARAMTYP,
    d.AVAL,
    cast(d.AVAL as varchar) as AVALC,
    case when d.AVAL < 35 then 'Low' else 'Normal' end as AVALCAT1,
    case when d.AVAL < 35 then 1 else 2 end as AVALCA1N,
    d.BASE,
    'LAST' as BASETYPE,
    case when d.ADY > 1 then d.AVAL - d.BASE end as CHG,
    case when d.ADY > 1 then 100 * (d.AVAL - d.BASE) / d.BASE end as PCHG,
    d.AVAL / d.BASE as R2BASE,
    case when d.ADY <= 1 then 'Y' end as ABLFL,
    'Y' as ANL01FL,
    case when d.ADY > 1 then 'Y' end as ONTRTFL,
    35 as ANRLO,
    50 as ANRHI,
    case when d.AVAL < 35 then 'LOW' else 'NORMAL' end as ANRIND,
    'NORMAL' as BNRIND,
    'AVAL < 30' as CRIT1,
    'N' as CRIT1FL,
    date '2020-01-01' + cast(d.ADY - 1 as integer) as ADT,
    cast(date '2020-01-01' + cast(d.ADY - 1 as integer) as timestamp) as ADTM,
    d.ADY,
    case when d.ADY <= 1 then 'Baseline' else 'Month 1' end as AVISIT,
    case when d.ADY <= 1 then 0 else 1 end as AVISITN,
    'Predose' as ATPT,
    1 as ATPTN,
    'Treatment' as APHASE,
    1 as APHASEN,
    1 as APERIOD,
    'Period 01' as APERIODC,
    case when d.ADY <= 1 then 1 else 31 end as AWTARGET,
    case when d.ADY > 1 then 2 end as AWLO,
    case when d.ADY <= 1 then 1 else 46 end as AWHI,
    abs(d.ADY - case when d.ADY <= 1 then 1 else 31 end) as AWTDIFF,
    cast(null as varchar) as DTYPE,
    'LB' as SRCDOM,
    'LBSTRESN' as SRCVAR,
    d.SRCSEQ
from (values
    ('S-A', 1, 1, 40.0, 40.0, 1),
    ('S-A', 2, 32, 30.0, 40.0, 2),
    ('S-B', 1, 1, 45.0, 45.0, 1)
) as d (USUBJID, ASEQ, ADY, AVAL, BASE, SRCSEQ)
inner join adam.ADSL as ADSL on d.USUBJID = ADSL.USUBJID;

create table adam.ADTTE as
select
    'S' as STUDYID,
    d.USUBJID,
    1 as ASEQ,
    ADSL.TRT01P as TRTP,
    'Overall Survival (days)' as PARAM,
    'OS' as PARAMCD,
    d.ADY - 1 as AVAL,
    date '2020-01-01' as STARTDT,
    1 as STARTDY,
    date '2020-01-01' + cast(d.ADY - 1 as integer) as ADT,
    d.ADY,
    d.CNSR,
    d.EVNTDESC,
    d.CNSDTDSC,
    d.SRCDOM,
    d.SRCVAR,
    d.SRCSEQ
from (values
    ('S-A', 101, 0, 'DEATH', null, 'DS', 'DSSTDY', 1),
    ('S-B', 201, 1, 'CENSORED', 'LAST VISIT', 'QS', 'QSDY', 1)
) as d (USUBJID, ADY, CNSR, EVNTDESC, CNSDTDSC, SRCDOM, SRCVAR, SRCSEQ)
inner join adam.ADSL as ADSL on d.USUBJID = ADSL.USUBJID;

create table adam.ADAE as
select
    AE.*,
    ADSL.TRT01A as TRTA,
    ADSL.TRT01AN as TRTAN,
    ADSL.SAFFL,
    AE.AESEV as ASEV,
    case AE.AESEV when 'MILD' then 1 else 3 end as ASEVN,
    'NOT RELATED' as AREL,
    0 as ARELN,
    'GRADE 1' as ATOXGR,
    1 as ATOXGRN,
    date '2020-01-09' + cast(AE.AESEQ as integer) as ASTDT,
    cast(date '2020-01-09' + cast(AE.AESEQ as integer) as timestamp) as ASTDTM,
    cast(null as varchar) as ASTDTF,
    cast(null as varchar) as ASTTMF,
    date '2020-01-10' + cast(AE.AESEQ as integer) as AENDT,
    9 + AE.AESEQ as ASTDY,
    10 + AE.AESEQ as AENDY,
    2 as ADURN,
    'DAYS' as ADURU,
    'Y' as TRTEMFL,
    case when AE.AESEQ = 1 then 'Y' end as AOCCFL,
    'Y' as AOCCSFL,
    'Y' as AOCCPFL
from sdtm.AE as AE
inner join adam.ADSL as ADSL on AE.USUBJID = ADSL.USUBJID;
