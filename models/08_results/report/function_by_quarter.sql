-- Each subject's mean counts once. Subjects who died or left are not in it, so that it
-- is a description and not an estimate of an effect.

-- depends_on: {{ ref('gate_analyses') }}

with

subject_means as (

    select
        analysis_id,
        arm,
        line,
        cast(floor((day + 45) / 91.0) as bigint) as quarter,
        avg(cast(total as decimal(12, 4))) as total

    from {{ ref('function_course') }}
    where day >= -45
    group by analysis_id, arm, line, quarter

)

select
    analysis_id,
    arm,
    quarter,
    quarter * 91 as day,
    count(*) as n_subjects,
    round(avg(total), 6) as mean_total,
    round(stddev_samp(total), 6) as sd_total

from subject_means
group by analysis_id, arm, quarter
