{#-
    One row per subject and parameter: its first event, else its last censoring.

    `events` and `censorings` are CTEs with usubjid, paramcd, the day or date, description
    (EVNTDESC, or CNSDTDSC), srcdom, srcvar and srcseq, a row for each candidate; one
    without a day does not count. `ties` orders the candidates of one day. A subject with
    neither has no row. EVNTDESC of a censored row is CENSORED.
-#}
{% macro time_to_event(
    events, censorings, day='ady', ties=['description', 'srcdom', 'srcseq']
) -%}
    select
        usubjid,
        paramcd,
        {{ day }},
        cnsr,
        case when cnsr = 0 then description else 'CENSORED' end as evntdesc,
        case when cnsr = 1 then description end as cnsdtdsc,
        srcdom,
        srcvar,
        srcseq

    from (
        {% for cnsr, candidates in [(0, events), (1, censorings)] -%}
        select
            usubjid,
            paramcd,
            {{ day }},
            {{ cnsr }} as cnsr,
            description,
            srcdom,
            srcvar,
            srcseq
        from {{ candidates }}
        where {{ day }} is not null
        {{ 'union all' if not loop.last }}
        {% endfor -%}
    ) as candidates
    qualify row_number() over (
        partition by usubjid, paramcd
        order by
            cnsr,
            case when cnsr = 0 then {{ day }} end,
            case when cnsr = 1 then {{ day }} end desc,
            {{ ties | join(',\n            ') }}
    ) = 1
{%- endmacro %}
