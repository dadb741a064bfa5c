{#- A name of the protocol as people read it: `booster_3_4` is `booster 3 to 4`. -#}
{% macro words(name) -%}
    replace(
        replace(
            regexp_replace({{ name }}, '_(\d+)_(\d+)$', ' \1 to \2'), '_', ' '
        ),
        'alsfrs r', 'ALSFRS-R'
    )
{%- endmacro %}
