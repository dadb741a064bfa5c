-- AVAL = event or censoring day - day 0, in days, a difference. CNSR 0 is an event. The
-- parameters are rows of the seed time_to_event_parameters, by three rules.
-- 1. event: the first of its events, censored at last follow-up; a subject with neither
--    has no row. OSVENT also ends with tracheostomy or permanent ventilation, where
--    recorded. A procedure without a date may have come first: then there is no row.
-- 2. decline: the first used assessment after baseline with a total of at most BASE - k
--    points, censored at the last assessment with a total.
-- 3. stage: the first used assessment after baseline at the stage or above it, of those
--    below it at baseline, censored at the last assessment with a stage.
-- Without a baseline, or already at the stage, there is no row;
-- quality.adtte_accounting counts them. Rules 2 and 3 come from rows of ADQS (SRCSEQ is
-- its ASEQ); a death is no event of theirs. A subject never assessed after day 1 has
-- AVAL 0; one whose time ends before day 1 has no row.

with

parameters as (

    select * from {{ ref('time_to_event_parameters') }}

),

adsl as (

    select * from {{ ref('adsl') }}

),

parameters_once as (

    select distinct
        paramn,
        paramcd,
        param,
        rule,
        source_paramcd,
        threshold

    from parameters

),

scores as (

    select
        usubjid,
        paramcd as source_paramcd,
        aseq,
        ady,
        aval,
        base,
        chg

    from {{ ref('adqs') }}
    where base is not null
        and paramcd in (select parameters.source_paramcd from parameters)

),

last_scores as (

    select
        usubjid,
        source_paramcd,
        max(base) as base,
        max(ady) as ady,
        max_by(aseq, ady) as aseq

    from scores
    group by usubjid, source_paramcd

),

last_assessments as (

    select
        qs.usubjid,
        qs.qsdy as ady,
        max(qs.qsseq) as srcseq

    from {{ ref('qs') }} as qs
    inner join adsl on qs.usubjid = adsl.usubjid and qs.qsdy = adsl.lstcnady
    group by qs.usubjid, qs.qsdy

),

last_contacts as (

    select
        ds.usubjid,
        ds.dsstdy as ady,
        max(ds.dsseq) as srcseq

    from {{ ref('ds') }} as ds
    inner join adsl on ds.usubjid = adsl.usubjid and ds.dsstdy = adsl.lstcnady
    where ds.dsdecod = 'LAST CONTACT'
    group by ds.usubjid, ds.dsstdy

),

-- Procedures without a date: the parameters that they may have ended.
undated as (

    select distinct
        pr.usubjid,
        parameters.paramcd

    from {{ ref('pr') }} as pr
    inner join parameters
        on pr.prdecod = parameters.event and parameters.rule = 'event'
    where pr.prstdy is null

),

event_candidates as (

    select
        events.usubjid,
        parameters.paramcd,
        events.ady,
        events.event as description,
        events.srcdom,
        events.srcvar,
        events.srcseq

    from {{ ref('event_days') }} as events
    inner join parameters
        on events.event = parameters.event and parameters.rule = 'event'

    union all

    select
        scores.usubjid,
        parameters.paramcd,
        scores.ady,
        parameters.event as description,
        'ADQS' as srcdom,
        'ADY' as srcvar,
        scores.aseq as srcseq

    from scores
    inner join parameters
        on scores.source_paramcd = parameters.source_paramcd
        and case parameters.rule
            when 'decline' then scores.chg <= -parameters.threshold
            when 'stage'
            then scores.chg is not null
                and scores.base < parameters.threshold
                and scores.aval >= parameters.threshold
        end

),

censoring_candidates as (

    select
        last_assessments.usubjid,
        parameters_once.paramcd,
        last_assessments.ady,
        'LAST ALSFRS ASSESSMENT' as description,
        'QS' as srcdom,
        'QSDY' as srcvar,
        last_assessments.srcseq

    from last_assessments
    inner join parameters_once on parameters_once.rule = 'event'

    union all

    select
        last_contacts.usubjid,
        parameters_once.paramcd,
        last_contacts.ady,
        'LAST CONTACT' as description,
        'DS' as srcdom,
        'DSSTDY' as srcvar,
        last_contacts.srcseq

    from last_contacts
    inner join parameters_once on parameters_once.rule = 'event'

    union all

    select
        last_scores.usubjid,
        parameters_once.paramcd,
        last_scores.ady,
        case parameters_once.rule
            when 'decline' then 'LAST ASSESSMENT WITH A TOTAL'
            when 'stage' then 'LAST ASSESSMENT WITH A STAGE'
        end as description,
        'ADQS' as srcdom,
        'ADY' as srcvar,
        last_scores.aseq as srcseq

    from last_scores
    inner join parameters_once
        on last_scores.source_paramcd = parameters_once.source_paramcd
        and (
            parameters_once.rule = 'decline'
            or last_scores.base < parameters_once.threshold
        )

),

ended as (

    {{ time_to_event('event_candidates', 'censoring_candidates') }}

)

select
    adsl.studyid,
    ended.usubjid,
    row_number() over (
        partition by ended.usubjid order by parameters_once.paramn
    ) as aseq,
    adsl.trt01p as trtp,
    adsl.trt01pn as trtpn,
    adsl.trt01a as trta,
    parameters_once.param,
    ended.paramcd,
    parameters_once.paramn,
    {{ rel_day('ended.ady') }} as aval,
    adsl.rfstdt as startdt,
    cast(1 as bigint) as startdy,
    adsl.rfstdt + cast({{ rel_day('ended.ady') }} as integer) as adt,
    ended.ady,
    ended.cnsr,
    ended.evntdesc,
    ended.cnsdtdsc,
    ended.srcdom,
    ended.srcvar,
    ended.srcseq

from ended
inner join adsl on ended.usubjid = adsl.usubjid
inner join parameters_once on ended.paramcd = parameters_once.paramcd
left join undated
    on ended.usubjid = undated.usubjid and ended.paramcd = undated.paramcd
where undated.usubjid is null and ended.ady >= 1
