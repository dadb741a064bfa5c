-- Of several values the first in file order is used, of several days of death the
-- latest (int_subjects, int_histories). Codes are compared by their meaning: M is Male.
-- The line with the first value is named beside the contradicting one.

{%- set facts = [
    ('proact', 'demographics', 'sex', 'SEX'),
    ('proact', 'demographics', 'age', none),
    ('proact', 'demographics', 'date_of_birth', none),
    ('proact', 'demographics', 'ethnicity', 'ETHNIC'),
    ('proact', 'treatment', 'study_arm', 'ARMCD'),
    ('proact', 'alshistory', 'site_of_onset', 'ONSETLOC'),
    ('proact', 'alshistory', 'onset_delta', none),
    ('proact', 'alshistory', 'diagnosis_delta', none),
    ('proact', 'deathdata', 'subject_died', 'NY'),
    ('proact', 'deathdata', 'death_days', none),
    ('proact', 'riluzole', 'subject_used_riluzole', 'NY'),
    ('proact', 'elescorial', 'el_escorial', 'ELESCOR'),
    ('site', 'subjects', 'sex', 'SEX'),
    ('site', 'subjects', 'age_at_first_dose', none),
    ('site', 'subjects', 'race', 'RACE'),
    ('site', 'subjects', 'country', none),
    ('site', 'subjects', 'onset_site', 'ONSETLOC'),
    ('site', 'subjects', 'onset_date', none),
    ('site', 'subjects', 'diagnosis_date', none),
    ('site', 'subjects', 'enrolment_date', none),
    ('site', 'subjects', 'riluzole', 'NY'),
    ('site', 'subjects', 'el_escorial', 'ELESCOR'),
    ('site', 'subjects', 'family_history', 'NY'),
    ('site', 'subjects', 'ftd', 'NY'),
] %}

with

facts as (

    {% for kind, table, column, codelist in facts -%}
    select
        source,
        '{{ table }}' as table_name,
        file_name,
        row_number,
        line_number,
        subject_id,
        '{{ column }}' as column_name,
        cast({{ column }} as varchar) as delivered,
        {% if codelist -%}
        coalesce({{ coded(codelist, column) }}, upper({{ column }})) as meaning
        {%- else -%}
        upper(cast({{ column }} as varchar)) as meaning
        {%- endif %}
    from ({{ staged_kept('stg_' ~ kind ~ '__' ~ table) }})
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

compared as (

    select
        *,
        first_value(meaning) over file_order as first_meaning,
        first_value(delivered) over file_order as first_delivered,
        first_value(line_number) over file_order as first_line_number

    from facts
    window file_order as (
        partition by source, table_name, subject_id, column_name
        order by row_number
    )

)

select
    source,
    table_name,
    file_name,
    line_number,
    subject_id,
    column_name,
    delivered,
    first_delivered,
    first_line_number

from compared
where meaning <> first_meaning
