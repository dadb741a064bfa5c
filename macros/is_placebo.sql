{#-
    Whether a dose is no treatment: it is 0, or what was given is called a placebo. The
    pattern is PLACEBO of counterarm.intake.sdtm_arms; a test compares the two.
-#}
{% macro is_placebo(treatment, dose) -%}
    (
        coalesce({{ dose }} = 0, false)
        or regexp_matches(
            upper(coalesce({{ treatment }}, '')),
            '(^|[^A-Z])(PLACEBO|SHAM|PBO|PLB)([^A-Z]|$)'
        )
    )
{%- endmacro %}


{#-
    Whether a row of EX is a dose given at a site. PRO-ACT's row is an arm, which began
    on a day; a site may know days and no dates. A placebo is no dose.
-#}
{% macro is_dose() -%}
    (
        (exstdtc is not null or (studyid <> 'PROACT' and exstdy is not null))
        and not {{ is_placebo('extrt', 'exdose') }}
    )
{%- endmacro %}
