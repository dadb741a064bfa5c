{#-
    Epoch of a day counted from 0: SCREENING before it, TREATMENT from it on, in a
    registry FOLLOW-UP; a day that is not known has none. When treatment ended is not
    delivered. `study` is the column of the row's study.
-#}
{% macro epoch(day, study='studyid') -%}
    (
        case
            when {{ day }} < 0 then 'SCREENING'
            when {{ day }} >= 0 and {{ study }} in (
                select registered.studyid from {{ ref('int_subjects') }} as registered
                where registered.is_registry
            )
            then 'FOLLOW-UP'
            when {{ day }} >= 0 then 'TREATMENT'
        end
    )
{%- endmacro %}
