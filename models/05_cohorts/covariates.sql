-- One row per analysis and candidate: every variable that the protocol may name, at the
-- index day. The columns are the rows of seeds/protocol/variables.csv: those always
-- there, and of the others those that an analysis names, null in the analyses that do
-- not. What a source, a rule or a formula is, is defined in
-- macros/covariate_sources.sql.
--
-- An onset or a diagnosis after the index day gives no duration. Riluzole is what the
-- subject was asked; where the subject was not asked, a medication line that covers the
-- index day makes it Y, and nothing makes it N. Initial progression speed = (48 -
-- total) / (months from diagnosis to index + 12), as Nam 2023 prints it. Progression
-- rate = change of total from run-in to index assessment by month between. A procedure
-- without a date may have been before index: where no dated one decides, ventilation at
-- index is not evaluable. Booster interval = median of the intervals between
-- consecutive doses, from the second dose on, in months.
--
-- A value that is not known is what a row of assumed_values.csv says, if there is one;
-- `assumed` then names the variable.

{%- set always = variables_always() -%}
{%- set named = variables_named() -%}
{%- set assumed = assumed_variables() -%}
{%- set windows = ['baseline', 'run_in'] %}

with

adsl as (

    select * from {{ ref('adsl') }}

),

windows as (

    select * from {{ ref('window_assessments') }}

),

procedures as (

    select
        usubjid,
        min({{ rel_day('prstdy') }}) as ventilation_day,
        bool_or(prstdy is null) as has_undated

    from {{ ref('pr') }}
    where prdecod in ('TRACHEOSTOMY', 'MECHANICAL VENTILATION')
    group by usubjid

),

doses as (

    select
        usubjid,
        {{ rel_day('exstdy') }} as dose_day,
        row_number() over (partition by usubjid order by exstdy, exseq) as dose_number

    from {{ ref('ex') }}
    where {{ is_dose() }}

),

booster_intervals as (

    select
        usubjid,
        dose_number,
        dose_day - lag(dose_day) over (
            partition by usubjid order by dose_number
        ) as interval_days

    from doses

),

boosters as (

    select
        usubjid,
        {{ quantile('cast(interval_days as double)', '0.5') }} as interval_days

    from booster_intervals
    where dose_number >= 3
    group by usubjid

),

riluzole_lines as (

    select
        usubjid,
        {{ rel_day('cmstdy') }} as start_day,
        {{ rel_day('cmendy') }} as stop_day

    from {{ ref('cm') }}
    where cmcat = 'CONCOMITANT MEDICATION' and cmtrt = 'RILUZOLE'

),

riluzole_at_index as (

    select distinct
        index_days.analysis_id,
        index_days.usubjid

    from {{ ref('index_days') }} as index_days
    inner join riluzole_lines
        on {{ subject_of('index_days.usubjid') }} = riluzole_lines.usubjid
        and (
            riluzole_lines.start_day is null
            or riluzole_lines.start_day <= index_days.index_day
        )
        and (
            riluzole_lines.stop_day is null
            or riluzole_lines.stop_day >= index_days.index_day
        )
        and index_days.index_day is not null

),

dose_windows as (

    select
        analysis_id,
        usubjid,
        count(*) as n_dose_windows_assessed

    from windows
    where window_id like 'dose!_%' escape '!'
    group by analysis_id, usubjid

),

later_assessments as (

    select
        index_days.analysis_id,
        index_days.usubjid,
        count(*) as n_assessments_after_index

    from {{ ref('index_days') }} as index_days
    inner join {{ ref('alsfrs_visits') }} as visits
        on {{ subject_of('index_days.usubjid') }} = visits.usubjid
        and visits.is_used
        and visits.rel_day > index_days.index_day
    group by index_days.analysis_id, index_days.usubjid

),

follow_up as (

    select
        analysis_id,
        usubjid,
        coalesce(days_from_index, days) as follow_up_days

    from {{ ref('cohort_endpoints') }}
    where endpoint = 'OS'

),

named as (

    select * from {{ ref('named_covariates') }}

),

named_by_subject as (

    select
        analysis_id,
        usubjid
        {%- for row in named if row.source != 'formula' %},
        max({{ 'number' if row.kind == 'numeric' else 'text' }}) filter (
            where variable = '{{ row.variable }}'
        ) as {{ row.variable }}
        {%- endfor %}

    from named
    group by analysis_id, usubjid

),

recorded as (

    select
        index_days.analysis_id,
        index_days.usubjid,
        index_days.arm,
        index_days.index_day,
        baseline.rel_day as index_assessment_day
        {%- for row in always if row.source != 'formula' %},
        {{ covariate_value(row) }} as {{ row.variable }}
        {%- endfor %}
        {%- for row in named if row.source != 'formula' %},
        named_by_subject.{{ row.variable }}
        {%- endfor %}

    from {{ ref('index_days') }} as index_days
    inner join adsl on {{ subject_of('index_days.usubjid') }} = adsl.usubjid
    left join {{ ref('pseudo_trials') }} as pseudo_trials
        on {{ subject_of('index_days.usubjid') }} = pseudo_trials.usubjid
    {% for window in windows -%}
    left join windows as {{ window }}
        on index_days.analysis_id = {{ window }}.analysis_id
        and index_days.usubjid = {{ window }}.usubjid
        and {{ window }}.window_id = '{{ window }}'
    {% endfor -%}
    left join riluzole_at_index
        on index_days.analysis_id = riluzole_at_index.analysis_id
        and index_days.usubjid = riluzole_at_index.usubjid
    left join dose_windows
        on index_days.analysis_id = dose_windows.analysis_id
        and index_days.usubjid = dose_windows.usubjid
    left join later_assessments
        on index_days.analysis_id = later_assessments.analysis_id
        and index_days.usubjid = later_assessments.usubjid
    left join procedures
        on {{ subject_of('index_days.usubjid') }} = procedures.usubjid
    left join boosters
        on {{ subject_of('index_days.usubjid') }} = boosters.usubjid
    left join follow_up
        on index_days.analysis_id = follow_up.analysis_id
        and index_days.usubjid = follow_up.usubjid
    left join {{ ref('analysis_dose_groups') }} as dose_groups
        on index_days.analysis_id = dose_groups.analysis_id
        and index_days.arm = 'treated'
        and adsl.ndoses >= dose_groups.min_doses
        and (dose_groups.max_doses is null or adsl.ndoses <= dose_groups.max_doses)
    left join named_by_subject
        on index_days.analysis_id = named_by_subject.analysis_id
        and index_days.usubjid = named_by_subject.usubjid

),

facts as (

    select
        recorded.* {%- if assumed %} exclude ({{ assumed | join(', ') }}){% endif %}
        {%- for variable in assumed %},
        coalesce(recorded.{{ variable }}, {{ variable }}_assumed.value) as {{ variable }}
        {%- endfor %},
        {% if assumed -%}
        nullif(
            concat_ws(
                ', '
                {%- for variable in assumed %},
                case
                    when recorded.{{ variable }} is null
                        and {{ variable }}_assumed.value is not null
                    then '{{ variable }}'
                end
                {%- endfor %}
            ),
            ''
        )
        {%- else -%}
        cast(null as varchar)
        {%- endif %} as assumed

    from recorded
    {%- for variable in assumed %}
    left join {{ ref('analysis_assumed_values') }} as {{ variable }}_assumed
        on recorded.analysis_id = {{ variable }}_assumed.analysis_id
        and {{ variable }}_assumed.arm in (recorded.arm, 'both')
        and {{ variable }}_assumed.variable = '{{ variable }}'
    {%- endfor %}

)

select
    facts.*
    {%- for row in always if row.source == 'formula' %},
    {{ covariate_formulas()[row.parameter] }} as {{ row.variable }}
    {%- endfor %}
    {%- for row in named if row.source == 'formula' %},
    case
        when analysis_id in (
            select names.analysis_id from {{ ref('analysis_variables') }} as names
            where names.variable = '{{ row.variable }}'
        )
        then {{ covariate_formulas()[row.parameter] }}
    end as {{ row.variable }}
    {%- endfor %}

from facts
