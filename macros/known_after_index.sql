{#-
    Variables of the protocol that are known only after index: a group by one of them
    conditions on the future, as who died early cannot be in it.
-#}
{% macro known_after_index() -%}
    {%- for variable in [
        'booster_interval_months',
        'dose_group',
        'follow_up_days',
        'n_assessments_after_index',
        'n_dose_windows_assessed',
        'n_doses',
        'response',
        'vital_status',
    ] -%}
    '{{ variable }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
