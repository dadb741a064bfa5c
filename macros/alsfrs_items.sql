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


{#- The item of each name in the staged table of a source: `proact` or `site`. -#}
{% macro delivered_items(source_kind) -%}
    {%- set columns = {
        'proact': [
            'q1_speech', 'q2_salivation', 'q3_swallowing', 'q4_handwriting',
            'coalesce(q5a_cutting_without_gastrostomy, q5b_cutting_with_gastrostomy)',
            'q6_dressing_and_hygiene', 'q7_turning_in_bed', 'q8_walking',
            'q9_climbing_stairs', 'r_1_dyspnea', 'r_2_orthopnea',
            'r_3_respiratory_insufficiency',
        ],
        'site': [
            'q1_speech', 'q2_salivation', 'q3_swallowing', 'q4_handwriting',
            'q5_cutting', 'q6_dressing', 'q7_turning', 'q8_walking', 'q9_climbing',
            'r1_dyspnea', 'r2_orthopnea', 'r3_respiratory_insufficiency',
        ],
    }[source_kind] -%}
    {%- set items = {} -%}
    {%- for item in alsfrs_items() -%}
        {%- do items.update({item: columns[loop.index0]}) -%}
    {%- endfor -%}
    {{ return(items) }}
{%- endmacro %}
