-- Two used assessments of a day would give a subject two baselines, none would lose
-- one.

select
    usubjid,
    rel_day,
    count(*) filter (where is_used) as n_used

from {{ ref('alsfrs_visits') }}
where rel_day is not null
group by usubjid, rel_day
having count(*) filter (where is_used) <> 1
