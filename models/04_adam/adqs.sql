-- One row per subject, parameter and day: ALSFRS-R total, domains and stages (ADaMIG
-- 1.3, BDS).
--
-- Of several assessments on a day the used one. BASE is the last value up to day 1, CHG
-- the change from it, after it.

with

used as (

    select * from {{ ref('alsfrs_visits') }}
    where is_used

),

long as (

    {% for paramcd, param, column in [
        ('ALSR1TS', 'ALSFRS-R Total Score', 'total'),
        ('ALSRBUL', 'ALSFRS-R Bulbar Domain', 'bulbar'),
        ('ALSRFIN', 'ALSFRS-R Fine Motor Domain', 'fine_motor'),
        ('ALSRGRO', 'ALSFRS-R Gross Motor Domain', 'gross_motor'),
        ('ALSRRES', 'ALSFRS-R Respiratory Domain', 'respiratory'),
        ('FT9', 'FT9 Stage', 'ft9_stage'),
        ('KINGS', "King''s Stage", 'kings_stage'),
        ('MITOS', 'MiToS Stage', 'mitos_stage'),
    ] -%}
    select
        usubjid,
        qsspid,
        rel_day,
        '{{ paramcd }}' as paramcd,
        '{{ param }}' as param,
        cast({{ column }} as double) as aval
    from used
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}

    {% endfor %}

),

dated as (

    select
        *,
        {{ study_day('rel_day') }} as ady

    from long

),

baselines as (

    select
        usubjid,
        paramcd,
        max(ady) as ady,
        max_by(aval, ady) as base

    from dated
    where ady <= 1
    group by usubjid, paramcd

)

select
    adsl.studyid,
    dated.usubjid,
    row_number() over (
        partition by dated.usubjid order by dated.paramcd, dated.ady
    ) as aseq,
    adsl.trt01p as trtp,
    adsl.trt01a as trta,
    dated.param,
    dated.paramcd,
    dated.aval,
    baselines.base,
    case when dated.ady > baselines.ady then dated.aval - baselines.base end as chg,
    case when dated.ady = baselines.ady then 'Y' end as ablfl,
    dated.ady,
    'QS' as srcdom,
    'QSSPID' as srcvar,
    dated.qsspid as srcref

from dated
inner join {{ ref('adsl') }} as adsl on dated.usubjid = adsl.usubjid
left join baselines
    on dated.usubjid = baselines.usubjid and dated.paramcd = baselines.paramcd
