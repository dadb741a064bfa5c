-- Such a line has no test code, so it is in no SDTM table: the kept lines of LABS and
-- NEUROFILAMENT are those of sdtm.lb and those here, and likewise for sdtm.mk.

with

lab_lines as (

    {{ lab_lines(
        staged_kept('stg_proact__labs'),
        staged_kept('stg_proact__neurofilament'),
        staged_kept('stg_site__measurements')
    ) }}

),

strength_lines as (

    {{ strength_lines(
        staged_kept('stg_proact__handgripstrength'),
        staged_kept('stg_proact__musclestrength')
    ) }}

),

findings as (

    select
        lab_lines.source,
        lab_lines.table_name,
        lab_lines.file_name,
        lab_lines.row_number,
        lab_lines.line_number,
        lab_lines.subject_id,
        lab_lines.test_name,
        lab_lines.test_result,
        lab_lines.test_unit,
        lab_lines.day,
        'lab_tests' as codelist

    from lab_lines
    left join {{ ref('lab_tests') }} as tests
        on upper(lab_lines.test_name) = tests.raw_test
    where tests.raw_test is null

    union all

    select
        strength_lines.source,
        strength_lines.table_name,
        strength_lines.file_name,
        strength_lines.row_number,
        strength_lines.line_number,
        strength_lines.subject_id,
        strength_lines.test_name,
        strength_lines.test_result,
        strength_lines.test_unit,
        strength_lines.day,
        'strength_tests' as codelist

    from strength_lines
    left join {{ ref('strength_tests') }} as tests
        on upper(strength_lines.test_name) = tests.raw_test
    where tests.raw_test is null

)

select
    source,
    table_name,
    file_name,
    row_number,
    line_number,
    subject_id,
    test_name,
    test_result,
    test_unit,
    day,
    case
        when test_name is null then 'no test is named'
        else 'the test is in no row of ' || codelist || '.csv'
    end as reason

from findings
