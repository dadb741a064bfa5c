-- The rows of seeds/protocol/response_predictors.csv for every analysis, inherited ones included.

{{ resolved_protocol('response_predictors') }}
