-- The rows of seeds/protocol/regression_terms.csv for every analysis, inherited ones included.

{{ resolved_protocol('regression_terms') }}
