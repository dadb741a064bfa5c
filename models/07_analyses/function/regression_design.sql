-- loss = points lost per month from index to response assessment, so that a benefit of
-- treatment is negative, as the beta that Barczewska 2020 prints (-0.54, SE 0.15, p
-- 0.0003; neither outcome nor predictors are named). That SE is not the error of a
-- standardised coefficient on treatment alone, sqrt((1 - beta^2) / (n - 2)), which is
-- 0.10 for 67 subjects and 0.07 for 134; in points per month it can be. A term is 1
-- where the subject is of its arm and meets its condition, 0 where it is of the other
-- arm or does not; without a condition the variable itself, without a variable the arm
-- alone.

select
    decline.analysis_id,
    terms.model_id,
    terms.position,
    terms.term,
    decline.pair_id,
    decline.arm,
    decline.usubjid,
    -decline.rate_during as loss,
    case
        when terms.arm not in (decline.arm, 'both') then 0
        when terms.variable is null then 1
        else {{ condition_number(
            'covariate_values.value', 'terms.operator', 'terms.value'
        ) }}
    end as value

from {{ ref('function_decline') }} as decline
inner join {{ ref('analysis_regression_terms') }} as terms
    on decline.analysis_id = terms.analysis_id
left join {{ ref('covariate_values') }} as covariate_values
    on decline.analysis_id = covariate_values.analysis_id
    and decline.usubjid = covariate_values.usubjid
    and terms.variable = covariate_values.variable
