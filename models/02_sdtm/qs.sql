-- Item 5 is the score without gastrostomy, else the one with it; if both are filled it
-- is the first, and ALSR105A and ALSR105B are both kept. What is derived has no
-- QSORRES, nothing having been collected. A row that fills an item or the total of the
-- revised scale is ALSFRS-R, any other ALSFRS. QSLOBXFL marks one row per test, of
-- several on the last day the last in file order.

with

subjects as (

    {{ numbered_subjects('int_subjects') }}

),

items as (

    select
        *,
        row_number() over (order by qstestcd) as test_no
    from {{ ref('alsfrs_items') }}

),

-- assessment_no orders the assessments of a subject by day, then as in the file.
proact_assessments as (

    select
        subjects.subject_no,
        lines.*,
        'ALSFRS-' || cast(lines.row_number as varchar) as qsspid,
        lines.alsfrs_delta as day,
        cast(null as varchar) as qsdtc,
        lines.r_1_dyspnea is not null
            or lines.r_2_orthopnea is not null
            or lines.r_3_respiratory_insufficiency is not null
            or lines.alsfrs_r_total is not null as is_revised,
        row_number() over (
            partition by subjects.subject_no
            order by lines.alsfrs_delta nulls last, lines.row_number
        ) as assessment_no

    from ({{ kept('stg_proact__alsfrs') }}) as lines
    inner join subjects
        on subjects.source = 'proact' and lines.subject_id = subjects.subjid

),

proact_long as (

    unpivot (
        select
            subject_no,
            assessment_no,
            {{ seed_values('alsfrs_items', 'proact_column') | join(',\n            ') }}
        from proact_assessments
    )
    on {{ seed_values('alsfrs_items', 'proact_column') | join(', ') }}
    into name column_name value score

),

site_assessments as (

    select
        subjects.subject_no,
        visits.*,
        'VISITS-' || cast(visits.row_number as varchar) as qsspid,
        {{ days_between('subjects.reference_date', 'visits.visit_date') }} as day,
        {{ site_date('visits.visit_date') }} as qsdtc,
        true as is_revised,
        {{ coded('NY', 'visits.gastrostomy') }} as has_gastrostomy,
        row_number() over (
            partition by subjects.subject_no
            order by visits.visit_date nulls last, visits.row_number
        ) as assessment_no

    from ({{ kept('stg_site__visits') }}) as visits
    inner join subjects
        on visits.source = subjects.source and visits.subject_id = subjects.subjid

),

site_long as (

    unpivot (
        select
            subject_no,
            assessment_no,
            {{ seed_values('alsfrs_items', 'site_column') | join(',\n            ') }}
        from site_assessments
    )
    on {{ seed_values('alsfrs_items', 'site_column') | join(', ') }}
    into name column_name value score

),

scores as (

    select
        proact_long.subject_no,
        proact_long.assessment_no,
        items.test_no,
        proact_long.score,
        false as is_derived
    from proact_long
    inner join items on proact_long.column_name = items.proact_column

    union all

    select
        assessments.subject_no,
        assessments.assessment_no,
        items.test_no,
        coalesce(
            assessments.q5a_cutting_without_gastrostomy,
            assessments.q5b_cutting_with_gastrostomy
        ) as score,
        true as is_derived
    from proact_assessments as assessments
    inner join items on items.qstestcd = 'ALSR105'

    union all

    select
        site_long.subject_no,
        site_long.assessment_no,
        items.test_no,
        site_long.score,
        false as is_derived
    from site_long
    inner join items on site_long.column_name = items.site_column

    union all

    select
        assessments.subject_no,
        assessments.assessment_no,
        items.test_no,
        assessments.q5_cutting as score,
        true as is_derived
    from site_assessments as assessments
    inner join items
        on items.qstestcd
        = case assessments.has_gastrostomy
            when 'Y' then 'ALSR105B'
            when 'N' then 'ALSR105A'
        end

),

-- QSSEQ orders the assessments of a day by QSSPID. A subject has one source.
assessments as (

    select
        *,
        row_number() over (partition by subject_no order by day nulls last, qsspid)
            as place

    from (
        {% for source in ['proact', 'site'] -%}
        select
            subject_no,
            assessment_no,
            qsspid,
            day,
            qsdtc,
            is_revised
        from {{ source }}_assessments
        {{ 'union all' if not loop.last }}
        {% endfor %}
    )

),

-- Integer keys replace texts in the sort; the texts are joined last.
numbered as (

    select
        scores.*,
        assessments.day,
        row_number() over (
            partition by scores.subject_no order by assessments.place, scores.test_no
        ) as qsseq

    from scores
    inner join assessments
        on scores.subject_no = assessments.subject_no
        and scores.assessment_no = assessments.assessment_no
    where scores.score is not null

),

last_before_exposure as (

    select
        subject_no,
        max_by(qsseq, assessment_no) as qsseq

    from numbered
    where day <= 0
    group by subject_no, test_no

)

select
    subjects.studyid,
    'QS' as domain,
    subjects.usubjid,
    numbered.qsseq,
    assessments.qsspid,
    items.qstestcd,
    items.qstest,
    case
        when items.qstestcd not like 'ALSO%' and assessments.is_revised then 'ALSFRS-R'
        else 'ALSFRS'
    end as qscat,
    case
        when not numbered.is_derived then {{ number_text('numbered.score') }}
    end as qsorres,
    {{ number_text('numbered.score') }} as qsstresc,
    numbered.score as qsstresn,
    case when last_before_exposure.qsseq is not null then 'Y' end as qslobxfl,
    case when numbered.is_derived then 'Y' end as qsdrvfl,
    cast(null as double) as visitnum,
    {{ epoch_of_subject('numbered.day', 'subjects') }} as epoch,
    assessments.qsdtc,
    {{ study_day('numbered.day') }} as qsdy

from numbered
inner join assessments
    on numbered.subject_no = assessments.subject_no
    and numbered.assessment_no = assessments.assessment_no
inner join items on numbered.test_no = items.test_no
inner join subjects on numbered.subject_no = subjects.subject_no
left join last_before_exposure
    on numbered.subject_no = last_before_exposure.subject_no
    and numbered.qsseq = last_before_exposure.qsseq
