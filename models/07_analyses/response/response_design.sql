-- 1 where the treated subject meets the condition, 0 where not, null where that cannot
-- be evaluated; without a condition the variable itself. Barczewska 2020 sought
-- predictors of the type of response among demographic and clinical factors of the
-- patients.

select
    response.analysis_id,
    response.pair_id,
    response.response,
    predictors.position,
    predictors.predictor,
    {{ condition_number(
        'covariate_values.value', 'predictors.operator', 'predictors.value'
    ) }} as value

from {{ ref('response') }} as response
inner join {{ ref('analysis_response_predictors') }} as predictors
    on response.analysis_id = predictors.analysis_id
left join {{ ref('covariate_values') }} as covariate_values
    on response.analysis_id = covariate_values.analysis_id
    and response.treated_usubjid = covariate_values.usubjid
    and predictors.variable = covariate_values.variable
