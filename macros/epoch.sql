{#-
    Epoch of a day counted from 0: SCREENING before it, TREATMENT from it to the last
    dose, FOLLOW-UP after that; in a registry FOLLOW-UP from day 0 on. PRO-ACT does not
    record when treatment ended: there TREATMENT goes on. A day that is not known has no
    epoch. `study` and `subject` are the columns of the row's study and subject.
-#}
{% macro epoch(day, study='studyid', subject='usubjid') -%}
    {%- set is_registry -%}
        {{ study }} in (
                select registered.studyid from {{ ref('int_subjects') }} as registered
                where registered.is_registry
            )
    {%- endset -%}
    {%- set last_dose_day -%}
        (
                select dosed.last_dose_day
                from (
                    select
                        usubjid as dosed_usubjid,
                        last_dose_day
                    from {{ ref('int_subjects') }}
                    where last_dose_day is not null
                ) as dosed
                where dosed.dosed_usubjid = {{ subject }}
            )
    {%- endset -%}
    {{ epoch_of_day(day, is_registry, last_dose_day) }}
{%- endmacro %}


{#- The same where `subjects`, which has the rows of int_subjects, is joined anyway. -#}
{% macro epoch_of_subject(day, subjects) -%}
    {{ epoch_of_day(day, subjects ~ '.is_registry', subjects ~ '.last_dose_day') }}
{%- endmacro %}


{% macro epoch_of_day(day, is_registry, last_dose_day) -%}
    (
        case
            when {{ day }} < 0 then 'SCREENING'
            when {{ day }} >= 0 and {{ is_registry }} then 'FOLLOW-UP'
            when {{ day }} > {{ last_dose_day }} then 'FOLLOW-UP'
            when {{ day }} >= 0 then 'TREATMENT'
        end
    )
{%- endmacro %}
