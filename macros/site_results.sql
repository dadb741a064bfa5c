{#-
    The kept measurements of sites whose test meets a condition, with their subject: one
    row per result, its number in the standard unit where the unit converts.

    `tests` is a query of test and standard_unit, one row per test that is wanted. A
    blank unit is null here, as is one that no codelist knows: what that means is the
    caller's rule.
-#}
{% macro site_results(tests) -%}
    select
        subjects.studyid,
        subjects.usubjid,
        results.source,
        results.subject_id,
        results.row_number,
        results.measurement_date,
        tests.test,
        tests.standard_unit,
        results.result,
        {{ result_number('results.result') }} as number,
        results.unit as raw_unit,
        {{ coded('UNIT', 'results.unit') }} as unit,
        results.trial,
        {{ controlled('POSITION', 'results.position') }} as position,
        {{ days_between('subjects.reference_date', 'results.measurement_date') }}
            as day,
        {{ site_date('results.measurement_date') }} as dtc

    from ({{ kept('stg_site__measurements') }}) as results
    inner join ({{ tests }}) as tests on upper(results.test) = tests.test
    inner join {{ ref('int_subjects') }} as subjects
        on results.source = subjects.source and results.subject_id = subjects.subjid
{%- endmacro %}


{#- The tests of vital capacity, and the unit of their standard results. -#}
{% macro vital_capacity_tests() -%}
    select
        unnest(['FVC', 'FVCPP', 'SVC', 'SVCPP']) as test,
        unnest(['L', '%', 'L', '%']) as standard_unit
{%- endmacro %}


{#- The vital signs, and the unit of their standard results. -#}
{% macro vital_sign_tests() -%}
    select distinct
        vstestcd as test,
        standard_unit
    from {{ ref('vital_signs') }}
{%- endmacro %}
