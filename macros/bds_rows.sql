{#-
    The rows of a BDS table (ADaMIG 1.3): `analysed`, a CTE of `analysis_values`, with the
    treatment of `adsl` and the texts of `parameters`, which the model has as a CTE.

    `domain` is that of SDTM whose standard result is AVAL, `srcseq` the column with its
    --SEQ, `extra` what the table has besides.
-#}
{% macro bds_rows(analysed, domain, srcseq='in_day', extra=[]) -%}
    select
        adsl.studyid,
        {{ analysed }}.usubjid,
        {{ analysed }}.aseq,
        adsl.trt01p as trtp,
        adsl.trt01pn as trtpn,
        adsl.trt01a as trta,
        parameters.parcat1,
        parameters.param,
        {{ analysed }}.paramcd,
        {{ analysed }}.paramn,
        {{ analysed }}.aval,
        {{ analysed }}.base,
        {{ analysed }}.chg,
        {{ analysed }}.ablfl,
        {{ analysed }}.anl01fl,
        {{ analysed }}.ady,
        {{ analysed }}.avisit,
        {{ analysed }}.avisitn,
        {{ analysed }}.awtarget,
        {{ analysed }}.awlo,
        {{ analysed }}.awhi,
        {{ analysed }}.awtdiff,
        '{{ domain }}' as srcdom,
        '{{ domain }}STRESN' as srcvar,
        {{ analysed }}.{{ srcseq }} as srcseq
        {%- for column in extra %},
        {{ column }}
        {%- endfor %}

    from {{ analysed }}
    inner join parameters on {{ analysed }}.paramcd = parameters.paramcd
    inner join {{ ref('adsl') }} as adsl on {{ analysed }}.usubjid = adsl.usubjid
{%- endmacro %}
