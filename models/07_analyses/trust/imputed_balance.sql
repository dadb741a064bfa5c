-- One row per analysis under a follow-up rule and variable: how alike the arms are
-- after matching, over the imputations and among the complete.

select
    analysis_id,
    follow_up_rule,
    variable,
    max(m) as m,
    avg(value) filter (where imputation > 0) as mean_abs_smd,
    max(value) filter (where imputation > 0) as worst_abs_smd,
    max(value) filter (where imputation = 0) as complete_abs_smd

from {{ ref('imputation_runs') }}
where quantity = 'smd'
group by analysis_id, follow_up_rule, variable
