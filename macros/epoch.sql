{#-
    Epoch of a day counted from 0: SCREENING before it, TREATMENT from it to the last
    dose, FOLLOW-UP after that; in a registry FOLLOW-UP from day 0 on. PRO-ACT does not
    record when treatment ended: there TREATMENT goes on. A day that is not known has no
    epoch. `study` and `subject` are the columns of the row's study and subject.
-#}
{% macro epoch(day, study='studyid', subject='usubjid') -%}
    (
        case
            when {{ day }} < 0 then 'SCREENING'
            when {{ day }} >= 0 and {{ study }} in (
                select registered.studyid from {{ ref('int_subjects') }} as registered
                where registered.is_registry
            )
            then 'FOLLOW-UP'
            when {{ day }} > (
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
            then 'FOLLOW-UP'
            when {{ day }} >= 0 then 'TREATMENT'
        end
    )
{%- endmacro %}
