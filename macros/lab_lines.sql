{#-
    The lines of LABS and NEUROFILAMENT and the laboratory tests of sites under the same
    names, from the three queries that read them. A measurement is of the laboratory
    that is neither vital capacity nor a vital sign; it has a date and no day yet.
-#}
{% macro lab_lines(labs, neurofilament, measurements) -%}
    select
        'proact' as source,
        'labs' as table_name,
        file_name,
        row_number,
        line_number,
        subject_id,
        test_name,
        test_result,
        test_unit,
        cast(null as varchar) as matrix,
        laboratory_delta as day,
        cast(null as date) as measurement_date
    from ({{ labs }})

    union all

    select
        'proact' as source,
        'neurofilament' as table_name,
        file_name,
        row_number,
        line_number,
        subject_id,
        analyte as test_name,
        result as test_result,
        unit as test_unit,
        matrix,
        collection_delta as day,
        cast(null as date) as measurement_date
    from ({{ neurofilament }})

    union all

    select
        source,
        'measurements' as table_name,
        file_name,
        row_number,
        line_number,
        subject_id,
        test as test_name,
        result as test_result,
        unit as test_unit,
        specimen as matrix,
        cast(null as bigint) as day,
        measurement_date
    from ({{ measurements }})
    where upper(test) not in (
        select test from ({{ vital_capacity_tests() }})
        union all
        select test from ({{ vital_sign_tests() }})
    )
{%- endmacro %}
