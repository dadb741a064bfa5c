{#- The twelve items of the ALSFRS-R in the order of the form, with their QSTESTCD. -#}
{% macro alsfrs_items() -%}
    {{ return({
        'speech': 'ALSR101',
        'salivation': 'ALSR102',
        'swallowing': 'ALSR103',
        'handwriting': 'ALSR104',
        'cutting': 'ALSR105',
        'dressing': 'ALSR106',
        'turning': 'ALSR107',
        'walking': 'ALSR108',
        'climbing': 'ALSR109',
        'dyspnea': 'ALSR110',
        'orthopnea': 'ALSR111',
        'respiratory_insufficiency': 'ALSR112',
    }) }}
{%- endmacro %}
