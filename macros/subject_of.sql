{#-
    The subject of a candidate. Where an index rule keeps all of a subject's index days,
    each is a candidate by itself, whose USUBJID is marked with the day: what is joined
    to the tables of subjects is the part before the mark. Python: tables/candidates.py.
-#}
{% macro subject_of(usubjid) -%}
    split_part({{ usubjid }}, '@day', 1)
{%- endmacro %}


{#- The USUBJID of a candidate of several index days. -#}
{% macro candidate_of(usubjid, index_day) -%}
    {{ usubjid }} || '@day' || cast({{ index_day }} as varchar)
{%- endmacro %}
