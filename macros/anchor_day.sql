{#-
    Day, counted from 0, of an anchor that rests on no index day. `origins` has
    enrolment_day, diagnosis_day and onset_day; an anchor of another kind has none.
-#}
{% macro anchor_day(anchor, origins) -%}
    case {{ anchor }}
        when 'trial_entry' then 0
        when 'enrolment' then {{ origins }}.enrolment_day
        when 'diagnosis' then {{ origins }}.diagnosis_day
        when 'onset' then {{ origins }}.onset_day
    end
{%- endmacro %}
