-- A twentieth includes its lower end.

-- depends_on: {{ ref('gate_analyses') }}

with

samples as (

    select
        analysis_id,
        'unmatched' as sample,
        arm,
        score

    from {{ ref('propensity_scores') }}

    union all

    select
        matched.analysis_id,
        'matched' as sample,
        matched.arm,
        scores.score

    from {{ ref('matched_subjects') }} as matched
    inner join {{ ref('propensity_scores') }} as scores
        on matched.analysis_id = scores.analysis_id
        and matched.usubjid = scores.usubjid

),

binned as (

    select
        analysis_id,
        sample,
        arm,
        cast(least(floor(score * 20), 19) as bigint) as twentieth

    from samples

)

select
    analysis_id,
    sample,
    arm,
    twentieth,
    twentieth / 20.0 as score_from,
    (twentieth + 1) / 20.0 as score_to,
    count(*) as n_subjects

from binned
group by analysis_id, sample, arm, twentieth
