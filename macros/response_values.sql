{#-
    One row per analysis and treated subject of `response`, in the columns of
    `covariate_values`: the class of its pairs, known where all agree.
-#}
{% macro response_values(response) -%}
    select
        analysis_id,
        treated_usubjid as usubjid,
        'response' as variable,
        case
            when count(distinct response) = 1 and count(*) = count(response)
            then min(response)
        end as value

    from {{ response }}
    group by analysis_id, treated_usubjid
{%- endmacro %}
