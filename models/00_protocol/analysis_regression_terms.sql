-- The rows of seeds/protocol/regression_terms.csv for every analysis, inherited ones included.
-- None where the scope is survival.

{{ resolved_protocol('regression_terms', is_of_full_scope=true) }}
