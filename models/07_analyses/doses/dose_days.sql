-- Doses are numbered in the order of their days. Controls have none: what a trial gave
-- them is masked, and contrasts of doses are of the treated.

with

treated as (

    select distinct
        analysis_id,
        usubjid,
        index_day

    from {{ ref('matched_subjects') }}
    where arm = 'treated'

),

doses as (

    select
        usubjid,
        exseq,
        {{ rel_day('exstdy') }} as rel_day

    from {{ ref('ex') }}
    where {{ is_dose() }}

)

select
    treated.analysis_id,
    treated.usubjid,
    row_number() over (
        partition by treated.analysis_id, treated.usubjid
        order by doses.rel_day nulls last, doses.exseq
    ) as dose,
    doses.rel_day - treated.index_day as dose_day

from treated
inner join doses on {{ subject_of('treated.usubjid') }} = doses.usubjid
