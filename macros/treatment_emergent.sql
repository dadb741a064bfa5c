{#-
    TRTEMFL: Y for an event that starts on or after the first treatment, else null.

    Everything is a study day, or everything a date. With `days_after` the event must
    also start at most so many days after the last treatment, where that is known
    (admiral's rule, 30 days); without it there is no end (the rule of the CDISC pilot).
    An event without a start is what `without_start` says: 'Y', the worst case, as admiral
    has it, or null, as the pilot has it.
-#}
{% macro treatment_emergent(
    start, first_treatment, last_treatment=none, days_after=none, without_start="'Y'"
) -%}
    case
        when {{ start }} is null then {{ without_start }}
        when {{ start }} >= {{ first_treatment }}
            {%- if days_after is not none %}
            and (
                {{ last_treatment }} is null
                or {{ start }} <= {{ last_treatment }} + {{ days_after }}
            )
            {%- endif %}
        then 'Y'
    end
{%- endmacro %}
