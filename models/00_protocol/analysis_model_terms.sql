-- The rows of seeds/protocol/model_terms.csv for every analysis, inherited ones
-- included.

{{ resolved_protocol('model_terms') }}
