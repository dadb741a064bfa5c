-- Candidates of an arm whose clock does not start at the index day (clocks.csv). A
-- diagnosis or an onset after the index day gives no time zero, nor any duration. A
-- dose or an enrolment may come after it, and subjects with the event before it are
-- left out by a step of eligibility. In PRO-ACT enrolment is trial entry, day 0.

with

clocked as (

    select
        index_days.analysis_id,
        index_days.usubjid,
        index_days.index_day,
        clocks.time_zero

    from {{ ref('index_days') }} as index_days
    inner join {{ ref('analysis_clocks') }} as clocks
        on index_days.analysis_id = clocks.analysis_id
        and clocks.arm in (index_days.arm, 'both')
    where clocks.time_zero <> 'index'

),

doses as (

    select
        usubjid,
        {{ rel_day('exstdy') }} as dose_day,
        row_number() over (partition by usubjid order by exstdy, exseq) as dose_number

    from {{ ref('ex') }}
    where {{ is_dose() }}
        and exstdy is not null

),

origins as (

    select
        usubjid,
        {{ rel_day('enrlady') }} as enrolment_day,
        {{ rel_day('onsetady') }} as onset_day,
        {{ rel_day('diagady') }} as diagnosis_day

    from {{ ref('adsl') }}

)

select
    clocked.analysis_id,
    clocked.usubjid,
    clocked.time_zero,
    case
        when clocked.time_zero = 'entry' then 0
        when clocked.time_zero = 'enrolment' then origins.enrolment_day
        when clocked.time_zero = 'diagnosis'
        then case
            when origins.diagnosis_day <= clocked.index_day
            then origins.diagnosis_day
        end
        when clocked.time_zero = 'onset'
        then case
            when origins.onset_day <= clocked.index_day then origins.onset_day
        end
        else doses.dose_day
    end as zero_day

from clocked
inner join origins on {{ subject_of('clocked.usubjid') }} = origins.usubjid
left join doses
    on {{ subject_of('clocked.usubjid') }} = doses.usubjid
    and case clocked.time_zero
        when 'first_dose' then 'dose_1' else clocked.time_zero
    end = 'dose_' || cast(doses.dose_number as varchar)
