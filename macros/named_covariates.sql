{#-
    Queries of the model named_covariates: one row per analysis, candidate and variable,
    with analysis_id, usubjid, variable, number and text. They read its CTE `wanted`.
-#}

{#- Vital capacity in percent of predicted, one row per subject, test and day. -#}
{% macro percent_of_predicted() -%}
    select
        measured.usubjid,
        left(measured.paramcd, 3) as code,
        {{ rel_day('measured.ady') }} as day,
        coalesce(
            max(measured.aval) filter (where measured.paramcd in ('FVCPP', 'SVCPP')),
            max(
                100 * measured.aval / (
                    norms.factor * (
                        norms.intercept
                        + norms.per_year * age_at.age
                        + norms.per_year_squared * age_at.age * age_at.age
                        + norms.per_cm_squared * heights.height * heights.height
                    )
                )
            ) filter (where measured.paramcd in ('FVC', 'SVC'))
        ) as percent

    from {{ ref('adre') }} as measured
    inner join {{ ref('adsl') }} as adsl on measured.usubjid = adsl.usubjid
    cross join lateral (
        select adsl.aage + {{ rel_day('measured.ady') }} / 365.25 as age
    ) as age_at
    left join (
        select
            usubjid,
            round(avg(aval), 10) as height

        from {{ ref('advs') }}
        where paramcd = 'HEIGHT' and aval between 100 and 250
        group by usubjid
    ) as heights
        on measured.usubjid = heights.usubjid
    left join {{ ref('vital_capacity_norms') }} as norms
        on adsl.race = norms.race
        and adsl.sex = norms.sex
        and age_at.age >= norms.lowest_age
    where measured.paramcd in ('FVC', 'FVCPP', 'SVC', 'SVCPP')
        and measured.ady is not null
        and measured.aval is not null
    group by measured.usubjid, left(measured.paramcd, 3), measured.ady
{%- endmacro %}


{#-
    Events, medications and procedures: whether there is one in the window, and how many.
    Unknown where one has no day, or the study does not record each of the procedures.
-#}
{% macro recorded_covariate(source) -%}
    {%- set spec = {
        'adae': {
            'name': 'upper(aedecod)', 'start': rel_day('astdy'), 'stop': rel_day('astdy'),
            'table': ref('adae'), 'where': 'aedecod is not null',
            'recorded': 'usubjid',
        },
        'cm': {
            'name': 'upper(coalesce(cmdecod, cmtrt))',
            'start': 'coalesce(' ~ rel_day('cmstdy') ~ ', -1000000)',
            'stop': 'coalesce(' ~ rel_day('cmendy') ~ ', 1000000)',
            'table': ref('cm'), 'where': "cmcat = 'CONCOMITANT MEDICATION'",
            'recorded': 'usubjid',
        },
        'pr': {
            'name': 'prdecod', 'start': rel_day('prstdy'), 'stop': rel_day('prstdy'),
            'table': ref('pr'), 'where': 'true',
            'recorded': 'studyid',
        },
    }[source] -%}
    select
        wanted.analysis_id,
        wanted.usubjid,
        wanted.variable,
        case
            when wanted.field = 'n' and found.is_complete then cast(found.n as double)
        end as number,
        case
            when wanted.field <> 'any' then null
            when found.n > 0 then 'Y'
            when found.is_complete then 'N'
        end as text

    from wanted
    left join (
        select
            asked.analysis_id,
            asked.usubjid,
            asked.variable,
            count(*) filter (
                where records.is_named
                    and records.start_day <= asked.last_day
                    and records.stop_day >= asked.first_day
            ) as n,
            count(*) filter (
                where records.is_named and records.start_day is null
            ) = 0
            {%- if source == 'pr' %}
            and count(distinct events.name) = len(list_distinct(any_value(asked.codes)))
            {%- endif %} as is_complete

        from wanted as asked
        inner join {{ ref('adsl') }} as adsl
            on {{ subject_of('asked.usubjid') }} = adsl.usubjid
        inner join (
            select
                studyid,
                usubjid,
                {{ spec.name }} as name,
                {{ spec.start }} as start_day,
                {{ spec.stop }} as stop_day
            from {{ spec.table }}
            where {{ spec.where }}
        ) as events
            on adsl.{{ spec.recorded }} = events.{{ spec.recorded }}
            {%- if source == 'pr' %}
            and list_contains(asked.codes, events.name)
            {%- endif %}
        cross join lateral (
            select
                events.usubjid = {{ subject_of('asked.usubjid') }}
                and list_contains(asked.codes, events.name) as is_named,
                events.start_day,
                events.stop_day
        ) as records
        where asked.source = '{{ source }}'
        group by asked.analysis_id, asked.usubjid, asked.variable
    ) as found
        on wanted.analysis_id = found.analysis_id
        and wanted.usubjid = found.usubjid
        and wanted.variable = found.variable
    where wanted.source = '{{ source }}'
{%- endmacro %}


{#- A column of ADSL, or of the assessment in a window of the analysis. -#}
{% macro plain_covariate(row) -%}
    {%- set value = covariate_value(row) -%}
    select
        index_days.analysis_id,
        index_days.usubjid,
        index_days.variable,
        {% if row.kind == 'numeric' -%}
        cast({{ value }} as double) as number,
        cast(null as varchar) as text
        {%- else -%}
        cast(null as double) as number,
        cast({{ value }} as varchar) as text
        {%- endif %}

    from wanted as index_days
    inner join {{ ref('adsl') }} as adsl
        on {{ subject_of('index_days.usubjid') }} = adsl.usubjid
    {% for window in ['baseline', 'run_in'] -%}
    left join {{ ref('window_assessments') }} as {{ window }}
        on index_days.analysis_id = {{ window }}.analysis_id
        and index_days.usubjid = {{ window }}.usubjid
        and {{ window }}.window_id = '{{ window }}'
    {% endfor -%}
    where index_days.variable = '{{ row.variable }}'
{%- endmacro %}


{#-
    By rule, not by window: item 12 of the index assessment is 4 without ventilation, 3
    to 1 with non-invasive and 0 with invasive ventilation; item 5b is asked with a
    tube, 5a without one.
-#}
{% macro ruled_covariate(row) -%}
    {%- set codes = {
        'niv': "'NON-INVASIVE MECHANICAL VENTILATION',"
            ~ " 'NON-INVASIVE VENTILATION OVER 22 HOURS'",
        'gastrostomy': "'GASTROSTOMY'",
        'index_year': "''",
    }[row.parameter] -%}
    select
        wanted.analysis_id,
        wanted.usubjid,
        wanted.variable,
        {% if row.parameter == 'index_year' -%}
        cast(year(adsl.rfstdt + cast(wanted.index_day as integer)) as double) as number,
        cast(null as varchar) as text
        {%- else -%}
        cast(null as double) as number,
        case
            when procedures.first_day <= wanted.index_day then 'Y'
            {% if row.parameter == 'niv' -%}
            when assessments.respiratory_insufficiency in (1, 2, 3) then 'Y'
            when assessments.respiratory_insufficiency = 4
                and not coalesce(procedures.has_undated, false)
            then 'N'
            {%- else -%}
            when assessments.has_gastrostomy then 'Y'
            when not assessments.has_gastrostomy
                and not coalesce(procedures.has_undated, false)
            then 'N'
            {%- endif %}
        end as text
        {%- endif %}

    from wanted
    inner join {{ ref('adsl') }} as adsl
        on {{ subject_of('wanted.usubjid') }} = adsl.usubjid
    left join (
        select
            usubjid,
            min({{ rel_day('prstdy') }}) as first_day,
            bool_or(prstdy is null) as has_undated

        from {{ ref('pr') }}
        where prdecod in ({{ codes }})
        group by usubjid
    ) as procedures
        on {{ subject_of('wanted.usubjid') }} = procedures.usubjid
    left join {{ ref('window_assessments') }} as baseline
        on wanted.analysis_id = baseline.analysis_id
        and wanted.usubjid = baseline.usubjid
        and baseline.window_id = 'baseline'
    left join {{ ref('assessments') }} as assessments
        on {{ subject_of('baseline.usubjid') }} = assessments.usubjid
        and baseline.qsspid = assessments.qsspid
    where wanted.variable = '{{ row.variable }}'
{%- endmacro %}
