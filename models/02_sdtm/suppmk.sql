with

strength_lines as (

    {{ strength_lines(
        kept('stg_proact__handgripstrength'), kept('stg_proact__musclestrength')
    ) }}

),

qualifiers as (

    {% for column, qnam, qlabel in [
        ('dominanthand', 'DOMHAND', 'Dominant Hand'),
        ('test_break', 'MKBREAK', 'Break Test'),
        ('test_setting', 'MKSETTNG', 'Setting of the Dynamometer'),
    ] -%}
    select
        table_name,
        row_number,
        '{{ qnam }}' as qnam,
        '{{ qlabel }}' as qlabel,
        {{ column }} as qval
    from strength_lines
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select
    mk.studyid,
    'MK' as rdomain,
    mk.usubjid,
    'MKSEQ' as idvar,
    cast(mk.mkseq as varchar) as idvarval,
    qualifiers.qnam,
    qualifiers.qlabel,
    qualifiers.qval,
    'CRF' as qorig,
    cast(null as varchar) as qeval

from qualifiers
inner join {{ ref('mk') }} as mk
    on mk.mkspid
    = upper(qualifiers.table_name) || '-' || cast(qualifiers.row_number as varchar)
