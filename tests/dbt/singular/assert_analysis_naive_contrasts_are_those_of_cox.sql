-- A naive contrast whose terms are those of a Cox model of the protocol has its
-- numbers: what the others are set beside is what is published elsewhere.

select
    contrasts.analysis_id,
    contrasts.contrast_id,
    contrasts.model_id,
    contrasts.term,
    contrasts.variance,
    contrasts.hazard_ratio,
    cox.hazard_ratio as cox_hazard_ratio

from {{ ref('time_contrasts') }} as contrasts
inner join {{ ref('cox') }} as cox
    on contrasts.analysis_id = cox.analysis_id
    and contrasts.endpoint = cox.endpoint
    and contrasts.model_id = cox.model_id
    and contrasts.term = cox.term
    and contrasts.variance = cox.variance
where contrasts.method = 'naive'
    and contrasts.horizon = 'full'
    and contrasts.reference = 'control'
    and cox.hazard_ratio is not null
    and (
        abs(contrasts.coef - cox.coef) <= 1e-9
        and abs(contrasts.se - cox.se) <= 1e-9
        and contrasts.n = cox.n
    ) is distinct from true
