-- first_dose: the day of the first dose. trial_entry: day 0 of the source. enrolment:
-- that day; in PRO-ACT day 0. diagnosis: its day, or day 0 where that is later, as
-- nobody is under observation before. visit_N: the Nth day with an assessment.
--
-- assessment: the day of the baseline assessment, whose window must then be anchored at
-- trial entry, enrolment, diagnosis or onset; without such an assessment there is no
-- index day. nearest_to_matched_time: the same with the target moved by the time of
-- the treated from the same anchor to their index day: its median, in whole days, over
-- those with an index day. drawn_N: one of the assessments in the
-- window, drawn with the seed N, the same in every analysis. all_visits: each of them,
-- every one a candidate by itself (macro candidate_of). Without any the subject stays
-- one candidate, without an index day.

with

candidates as (

    select * from {{ ref('candidates') }}

),

first_doses as (

    select
        usubjid,
        min({{ rel_day('exstdy') }}) as dose_day

    from {{ ref('ex') }}
    where {{ is_dose() }}
    group by usubjid

),

origins as (

    select
        usubjid,
        {{ rel_day('enrlady') }} as enrolment_day,
        {{ rel_day('diagady') }} as diagnosis_day,
        {{ rel_day('onsetady') }} as onset_day

    from {{ ref('adsl') }}

),

visits as (

    select
        usubjid,
        rel_day,
        'visit_' || cast(
            row_number() over (partition by usubjid order by rel_day) as varchar
        ) as index_rule

    from {{ ref('alsfrs_visits') }}
    where is_used
        and usubjid in (
            select candidates.usubjid from candidates
            where starts_with(candidates.index_rule, 'visit_')
        )

),

-- The window that finds an index assessment, and the day that it is anchored at.
index_windows as (

    select
        candidates.analysis_id,
        candidates.usubjid,
        candidates.index_rule,
        windows.window_id,
        windows.anchor,
        windows.offset_days,
        windows.from_day,
        windows.to_day,
        windows.requires,
        {{ anchor_day('windows.anchor', 'origins') }} as anchor_day

    from candidates
    inner join {{ ref('analysis_windows') }} as windows
        on candidates.analysis_id = windows.analysis_id
        and windows.arm in (candidates.arm, 'both')
        and windows.window_id = 'baseline'
        and windows.anchor in ('trial_entry', 'enrolment', 'diagnosis', 'onset')
    left join origins on candidates.usubjid = origins.usubjid
    where candidates.index_rule in (
            'assessment', 'nearest_to_matched_time', 'all_visits'
        )
        or starts_with(candidates.index_rule, 'drawn_')

),

targets as (

    select
        *,
        anchor_day + offset_days as target_day

    from index_windows
    where index_rule = 'assessment'

),

index_assessments as (

    {{ nearest_assessments('targets') }}

),

drawn_targets as (

    select
        *,
        anchor_day + offset_days as target_day

    from index_windows
    where starts_with(index_rule, 'drawn_')

),

drawn_assessments as (

    {{ nearest_assessments(
        'drawn_targets',
        drawn_by="drawn_targets.index_rule || ':' || drawn_targets.usubjid"
    ) | indent(4) }}

),

all_targets as (

    select
        *,
        anchor_day + offset_days as target_day

    from index_windows
    where index_rule = 'all_visits'

),

all_assessments as (

    {{ nearest_assessments('all_targets', every=true) }}

),

known as (

    select
        candidates.analysis_id,
        case
            when all_assessments.rel_day is null then candidates.usubjid
            else {{ candidate_of('candidates.usubjid', 'all_assessments.rel_day') }}
        end as usubjid,
        candidates.arm,
        candidates.index_rule,
        case
            when candidates.index_rule = 'first_dose' then first_doses.dose_day
            when candidates.index_rule = 'trial_entry' then 0
            when candidates.index_rule = 'enrolment' then origins.enrolment_day
            when candidates.index_rule = 'diagnosis'
            then case
                when origins.diagnosis_day is not null
                then greatest(origins.diagnosis_day, 0)
            end
            when candidates.index_rule = 'assessment' then index_assessments.rel_day
            when starts_with(candidates.index_rule, 'drawn_')
            then drawn_assessments.rel_day
            when candidates.index_rule = 'all_visits' then all_assessments.rel_day
            else visits.rel_day
        end as index_day

    from candidates
    left join first_doses on candidates.usubjid = first_doses.usubjid
    left join origins on candidates.usubjid = origins.usubjid
    left join visits
        on candidates.usubjid = visits.usubjid
        and candidates.index_rule = visits.index_rule
    left join index_assessments
        on candidates.analysis_id = index_assessments.analysis_id
        and candidates.usubjid = index_assessments.usubjid
    left join drawn_assessments
        on candidates.analysis_id = drawn_assessments.analysis_id
        and candidates.usubjid = drawn_assessments.usubjid
    left join all_assessments
        on candidates.analysis_id = all_assessments.analysis_id
        and candidates.usubjid = all_assessments.usubjid

),

anchors as (

    select distinct
        analysis_id,
        anchor

    from index_windows
    where index_rule = 'nearest_to_matched_time'

),

matched_times as (

    select
        anchors.analysis_id,
        anchors.anchor,
        cast(floor(median(
            known.index_day - {{ anchor_day('anchors.anchor', 'origins') }}
        )) as bigint) as days

    from anchors
    inner join known
        on anchors.analysis_id = known.analysis_id and known.arm = 'treated'
    inner join origins on known.usubjid = origins.usubjid
    where known.index_day >= {{ anchor_day('anchors.anchor', 'origins') }}
    group by anchors.analysis_id, anchors.anchor

),

matched_targets as (

    select
        index_windows.*,
        index_windows.anchor_day + matched_times.days + index_windows.offset_days
            as target_day

    from index_windows
    inner join matched_times
        on index_windows.analysis_id = matched_times.analysis_id
        and index_windows.anchor = matched_times.anchor
    where index_windows.index_rule = 'nearest_to_matched_time'

),

matched_assessments as (

    {{ nearest_assessments('matched_targets') }}

)

select
    known.analysis_id,
    known.usubjid,
    known.arm,
    known.index_rule,
    case
        when known.index_rule = 'nearest_to_matched_time'
        then matched_assessments.rel_day
        else known.index_day
    end as index_day

from known
left join matched_assessments
    on known.analysis_id = matched_assessments.analysis_id
    and known.usubjid = matched_assessments.usubjid
