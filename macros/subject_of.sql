{#-
    The subject of a candidate. Where an index rule keeps all index days of a subject,
    each is a separate candidate whose USUBJID ends in the mark and the day: tables of
    subjects are joined by the part before the mark. Python: tables/candidates.py.
-#}
{% macro subject_of(usubjid) -%}
    split_part({{ usubjid }}, '@day', 1)
{%- endmacro %}


{#- The USUBJID of a candidate of several index days. -#}
{% macro candidate_of(usubjid, index_day) -%}
    {{ usubjid }} || '@day' || cast({{ index_day }} as varchar)
{%- endmacro %}
