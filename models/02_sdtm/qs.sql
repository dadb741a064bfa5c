-- Item 5 is the score without gastrostomy, else the one with it; if both are filled it
-- is the first, and ALSR105A and ALSR105B are both kept. What is derived has no
-- QSORRES, nothing having been collected. A row that fills an item or the total of the
-- revised scale is ALSFRS-R, any other ALSFRS. QSLOBXFL marks one row per test, of
-- several on the last day the last in file order.

with

subjects as (

    select * from {{ ref('int_subjects') }}

),

items as (

    select * from {{ ref('alsfrs_items') }}

),

proact_assessments as (

    select
        *,
        r_1_dyspnea is not null
            or r_2_orthopnea is not null
            or r_3_respiratory_insufficiency is not null
            or alsfrs_r_total is not null as is_revised

    from ({{ kept('stg_proact__alsfrs') }})

),

proact_long as (

    unpivot (
        select
            subject_id,
            row_number,
            alsfrs_delta,
            is_revised,
            {{ seed_values('alsfrs_items', 'proact_column') | join(',\n            ') }}
        from proact_assessments
    )
    on {{ seed_values('alsfrs_items', 'proact_column') | join(', ') }}
    into name column_name value score

),

proact as (

    select
        subjects.studyid,
        subjects.usubjid,
        'ALSFRS-' || cast(proact_long.row_number as varchar) as qsspid,
        items.qstestcd,
        items.qstest,
        case
            when items.qstestcd like 'ALSO%' then 'ALSFRS'
            when proact_long.is_revised then 'ALSFRS-R'
            else 'ALSFRS'
        end as qscat,
        proact_long.score,
        proact_long.alsfrs_delta as day,
        proact_long.row_number

    from proact_long
    inner join items on proact_long.column_name = items.proact_column
    inner join subjects
        on subjects.source = 'proact' and proact_long.subject_id = subjects.subjid

),

proact_item_5 as (

    select
        subjects.studyid,
        subjects.usubjid,
        'ALSFRS-' || cast(assessments.row_number as varchar) as qsspid,
        items.qstestcd,
        items.qstest,
        case when assessments.is_revised then 'ALSFRS-R' else 'ALSFRS' end as qscat,
        coalesce(
            assessments.q5a_cutting_without_gastrostomy,
            assessments.q5b_cutting_with_gastrostomy
        ) as score,
        'Y' as qsdrvfl,
        assessments.alsfrs_delta as day,
        assessments.row_number

    from proact_assessments as assessments
    inner join items on items.qstestcd = 'ALSR105'
    inner join subjects
        on subjects.source = 'proact' and assessments.subject_id = subjects.subjid

),

site_visits as (

    select
        *,
        {{ coded('NY', 'gastrostomy') }} as has_gastrostomy

    from ({{ kept('stg_site__visits') }})

),

site_long as (

    unpivot (
        select
            source,
            subject_id,
            row_number,
            visit_date,
            {{ seed_values('alsfrs_items', 'site_column') | join(',\n            ') }}
        from site_visits
    )
    on {{ seed_values('alsfrs_items', 'site_column') | join(', ') }}
    into name column_name value score

),

site as (

    select
        subjects.studyid,
        subjects.usubjid,
        'VISITS-' || cast(site_long.row_number as varchar) as qsspid,
        items.qstestcd,
        items.qstest,
        'ALSFRS-R' as qscat,
        site_long.score,
        {{ site_date('site_long.visit_date') }} as qsdtc,
        {{ days_between('subjects.reference_date', 'site_long.visit_date') }} as day,
        site_long.row_number

    from site_long
    inner join items on site_long.column_name = items.site_column
    inner join subjects
        on site_long.source = subjects.source and site_long.subject_id = subjects.subjid

),

site_item_5 as (

    select
        subjects.studyid,
        subjects.usubjid,
        'VISITS-' || cast(site_visits.row_number as varchar) as qsspid,
        items.qstestcd,
        items.qstest,
        'ALSFRS-R' as qscat,
        site_visits.q5_cutting as score,
        'Y' as qsdrvfl,
        {{ site_date('site_visits.visit_date') }} as qsdtc,
        {{ days_between('subjects.reference_date', 'site_visits.visit_date') }} as day,
        site_visits.row_number

    from site_visits
    inner join items
        on items.qstestcd
        = case site_visits.has_gastrostomy
            when 'Y' then 'ALSR105B'
            when 'N' then 'ALSR105A'
        end
    inner join subjects
        on site_visits.source = subjects.source
        and site_visits.subject_id = subjects.subjid

),

all_scores as (

    select * from proact
    union all by name
    select * from proact_item_5
    union all by name
    select * from site
    union all by name
    select * from site_item_5

),

findings as (

    select
        *,
        {{ study_day('day') }} as qsdy,
        {{ epoch('day') }} as epoch,
        {{ number_text('score') }} as result

    from all_scores
    where score is not null

),

last_before_exposure as (

    select
        usubjid,
        qstestcd,
        max_by(qsspid, (qsdy, findings.row_number)) as qsspid

    from findings
    where qsdy <= 1
    group by usubjid, qstestcd

)

select
    findings.studyid,
    'QS' as domain,
    findings.usubjid,
    row_number() over (
        partition by findings.usubjid
        order by findings.qsdy nulls last, findings.qsspid, findings.qstestcd
    ) as qsseq,
    findings.qsspid,
    findings.qstestcd,
    findings.qstest,
    findings.qscat,
    case when findings.qsdrvfl is null then findings.result end as qsorres,
    findings.result as qsstresc,
    findings.score as qsstresn,
    case when findings.qsspid = last_before_exposure.qsspid then 'Y' end as qslobxfl,
    findings.qsdrvfl,
    cast(null as double) as visitnum,
    findings.epoch,
    findings.qsdtc,
    findings.qsdy

from findings
left join last_before_exposure
    on findings.usubjid = last_before_exposure.usubjid
    and findings.qstestcd = last_before_exposure.qstestcd
