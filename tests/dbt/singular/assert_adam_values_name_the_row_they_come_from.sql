-- Every analysis value that names a row can be followed back to it, and finds its value
-- there; what is made of several rows of QS names an assessment that QS has.

with

sources as (

    select usubjid, 'QS' as srcdom, qsseq as srcseq, qsstresn as aval
    from {{ ref('qs') }}

    union all

    select usubjid, 'LB' as srcdom, lbseq as srcseq, lbstresn as aval
    from {{ ref('lb') }}

    union all

    select usubjid, 'RE' as srcdom, reseq as srcseq, restresn as aval
    from {{ ref('re') }}

    union all

    select usubjid, 'VS' as srcdom, vsseq as srcseq, vsstresn as aval
    from {{ ref('vs') }}

),

assessments as (

    select distinct usubjid, qsspid from {{ ref('qs') }}

),

analysis_values as (

    {% for table in ['adlb', 'adqs', 'adre', 'advs'] -%}
    select
        usubjid,
        paramcd,
        ady,
        aval,
        srcdom,
        srcseq,
        {{ 'srcref' if table == 'adqs' else 'null' }} as srcref
    from {{ ref(table) }}
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select
    analysis_values.usubjid,
    analysis_values.paramcd,
    analysis_values.ady,
    analysis_values.srcdom,
    analysis_values.srcseq,
    analysis_values.srcref

from analysis_values
left join sources
    on analysis_values.usubjid = sources.usubjid
    and analysis_values.srcdom = sources.srcdom
    and analysis_values.srcseq = sources.srcseq
left join assessments
    on analysis_values.usubjid = assessments.usubjid
    and analysis_values.srcref = assessments.qsspid
where case
    when analysis_values.srcseq is not null
    then analysis_values.aval is distinct from sources.aval
    else assessments.qsspid is null
end
