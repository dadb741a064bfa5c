-- The rows of seeds/protocol/assumed_values.csv for every analysis, inherited ones
-- included.

{{ resolved_protocol('assumed_values') }}
