-- Symptoms are in file order.

with

onsets as (

    select
        mh.studyid,
        mh.usubjid,
        mh.mhseq,
        histories.onset_site,
        histories.onset_other,
        histories.symptoms

    from {{ ref('mh') }} as mh
    inner join {{ ref('int_histories') }} as histories
        on mh.usubjid = histories.usubjid
    where mh.mhevdtyp = 'SYMPTOM ONSET'

),

qualifiers as (

    {% for qnam, qlabel, column in [
        ('ONSETLOC', 'Site of Symptom Onset', 'onset_site'),
        ('ONSETOTH', 'Other Site of Symptom Onset, Specified', 'onset_other'),
        ('SYMPTOM', 'Symptoms as Delivered', 'symptoms'),
    ] -%}
    select
        studyid,
        usubjid,
        mhseq,
        '{{ qnam }}' as qnam,
        '{{ qlabel }}' as qlabel,
        {{ column }} as qval
    from onsets
    {{ 'union all' if not loop.last }}

    {% endfor %}

)

select
    studyid,
    'MH' as rdomain,
    usubjid,
    'MHSEQ' as idvar,
    cast(mhseq as varchar) as idvarval,
    qnam,
    qlabel,
    qval,
    'CRF' as qorig,
    cast(null as varchar) as qeval

from qualifiers
where qval is not null
