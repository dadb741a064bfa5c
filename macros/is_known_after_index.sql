{#-
    Whether a variable of the protocol is known only after index: a group by it
    conditions on the future, as who died early cannot be in it. The seed `variables`
    has when each is known; the response of a pair is no variable of a subject.
-#}
{% macro is_known_after_index(variable) -%}
    (
        {{ variable }} = 'response'
        or {{ variable }} in (
            select variables.variable from {{ ref('variables') }} as variables
            where variables.known_at = 'later'
        )
    )
{%- endmacro %}
