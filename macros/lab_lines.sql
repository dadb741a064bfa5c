{#-
    The lines of LABS and NEUROFILAMENT under the same names, from the two queries that
    read them.
-#}
{% macro lab_lines(labs, neurofilament) -%}
    select
        source,
        'labs' as table_name,
        file_name,
        row_number,
        subject_id,
        test_name,
        test_result,
        test_unit,
        cast(null as varchar) as matrix,
        laboratory_delta as day
    from ({{ labs }})

    union all

    select
        source,
        'neurofilament' as table_name,
        file_name,
        row_number,
        subject_id,
        analyte as test_name,
        result as test_result,
        unit as test_unit,
        matrix,
        collection_delta as day
    from ({{ neurofilament }})
{%- endmacro %}
