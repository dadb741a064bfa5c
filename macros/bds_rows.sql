{#-
    The rows of a BDS table (ADaMIG 1.3): `analysed`, a CTE of `analysis_values`, with the
    treatment of `subjects` and the texts of `parameters`, which the model has as CTEs.

    `domain` is that of SDTM whose standard result is AVAL, `srcseq` the column with its
    --SEQ, `extra` what the table has besides, `texts` a CTE that it comes from, joined by
    `text_no`.
-#}
{% macro bds_rows(analysed, domain, srcseq='in_day', extra=[], texts=none) -%}
    select
        subjects.studyid,
        subjects.usubjid,
        {{ analysed }}.aseq,
        subjects.trt01p as trtp,
        subjects.trt01pn as trtpn,
        subjects.trt01a as trta,
        parameters.parcat1,
        parameters.param,
        parameters.paramcd,
        cast({{ analysed }}.paramn as bigint) as paramn,
        {{ analysed }}.aval,
        {{ analysed }}.base,
        {{ analysed }}.chg,
        {{ analysed }}.ablfl,
        {{ analysed }}.anl01fl,
        cast({{ analysed }}.ady as bigint) as ady,
        {{ analysed }}.avisit,
        cast({{ analysed }}.avisitn as bigint) as avisitn,
        {{ analysed }}.awtarget,
        {{ analysed }}.awlo,
        {{ analysed }}.awhi,
        cast({{ analysed }}.awtdiff as bigint) as awtdiff,
        '{{ domain }}' as srcdom,
        '{{ domain }}STRESN' as srcvar,
        cast({{ analysed }}.{{ srcseq }} as bigint) as srcseq
        {%- for column in extra %},
        {{ column }}
        {%- endfor %}

    from {{ analysed }}
    inner join parameters on {{ analysed }}.paramn = parameters.paramn
    inner join subjects on {{ analysed }}.subject_no = subjects.subject_no
    {%- if texts %}
    inner join {{ texts }} on {{ analysed }}.text_no = {{ texts }}.text_no
    {%- endif %}
{%- endmacro %}
