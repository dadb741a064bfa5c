-- The rows of seeds/protocol/response_predictors.csv for every analysis, inherited ones included.
-- None where the scope is survival.

{{ resolved_protocol('response_predictors', is_of_full_scope=true) }}
