{#-
    The lines of HANDGRIPSTRENGTH and MUSCLESTRENGTH under the same names, from the two
    queries that read them.
-#}
{% macro strength_lines(handgrip, muscle) -%}
    select
        source,
        'handgripstrength' as table_name,
        file_name,
        row_number,
        line_number,
        subject_id,
        test_name,
        test_category,
        test_location,
        test_laterality,
        test_trial,
        test_result,
        test_unit,
        test_setting,
        dominanthand,
        cast(null as varchar) as test_break,
        ms_delta as day
    from ({{ handgrip }})

    union all

    select
        source,
        'musclestrength' as table_name,
        file_name,
        row_number,
        line_number,
        subject_id,
        test_name,
        test_category,
        test_location,
        test_laterality,
        test_trial,
        test_result,
        test_unit,
        cast(null as varchar) as test_setting,
        cast(null as varchar) as dominanthand,
        test_break,
        ms_delta as day
    from ({{ muscle }})
{%- endmacro %}
